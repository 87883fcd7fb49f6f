import ArgumentParser

/// A command that needs debug information, and is handed who reads it.
protocol ReadingCommand: ParsableCommand {
    /// Questions like those that it is going to ask, for the reader to be ready; none where that saves nothing.
    static var rehearsal: [DebugQuestion] { get }

    /// Does the command's work.
    func run(with reader: DebugReader) throws
}

extension ReadingCommand {
    static var rehearsal: [DebugQuestion] { [] }
}
