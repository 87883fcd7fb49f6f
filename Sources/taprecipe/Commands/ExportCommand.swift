import ArgumentParser
import Report

/// `taprecipe export ID -o FILE`: a stored run in one file.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a run of the run store into one file, for 'report', 'diff' and 'merge' anywhere.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var print: PrintOptions

    @Argument(help: "The run's number in the store ('taprecipe history').")
    var id: UInt32

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The file to write, a ZIP archive.", valueName: "file"), completion: .file())
    var output: String

    func run() throws {
        let draft = try OutputFile(path: output).begin()
        try draft.write(try RunSource.stored("\(id)", store))
        try draft.commit()
    }
}
