import ArgumentParser
import Diagnostics
import Engine
import Glibc
import RecipeModel

/// What runs need that nobody looks at, such as cron's.
struct UnattendedOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Refuse to run while another run with this lock's name goes on.", valueName: "name"))
    var lock: String?

    @Flag(
        name: .long,
        help: "Print nothing unless the run found what --fail-if names, failed, or is inconclusive.")
    var quiet = false

    @Option(
        help: ArgumentHelp(
            "Where --quiet would print, also run this by /bin/sh, with the report on its standard input.",
            valueName: "command"))
    var notifyCommand: String?

    /// Takes the lock, where one was named; it is held for as long as what comes back lives.
    func lock(on console: Console) throws -> RunLock? {
        guard let lock else { return nil }
        guard RecipeName.isValid(lock) else {
            throw UsageError(
                "'--lock' is '\(lock)', expected a lower-case letter, then lower-case letters, digits and single dashes"
            )
        }
        let directories = Surroundings.directories
        do throws(EngineError) {
            return try RunLock.acquire(module: lock, in: directories.runtime + "/named")
        } catch {
            guard case .alreadyRunning(_, let file, let owner) = error else { throw error }
            let words = owner.map { ", process \($0)" } ?? ""
            console.report([
                .error(
                    "nothing was run, as another run holds the lock '\(lock)'\(words)",
                    notes: ["it is \(file), and goes with the process that holds it"])
            ])
            throw Exit(.failure)
        }
    }

    /// Tells the command of a run, where that is worth it: how it ended, the recipe's or runbook's name, and the
    /// report in words.
    func notify(
        _ status: ExitStatus, of name: String, report: @autoclosure () -> String, on console: Console
    ) async {
        guard let notifyCommand, status.isNotable else { return }
        let command = NotifyCommand(notifyCommand)
        if let warning = await command.run(status, of: name, report: report(), on: console) {
            console.report([warning])
        }
    }
}

/// A command that may run with nobody there.
protocol UnattendedCommand: ParsableCommand {
    var unattended: UnattendedOptions { get }
    /// What is run, as the command line names it.
    var subject: String { get }
}

extension UnattendedCommand {
    /// The recipe's or runbook's name, so far as the command line tells it: a file has its name.
    var subjectName: String {
        subject.hasSuffix(".yaml") ? String(subject.dropLast(5).split(separator: "/").last ?? "") : subject
    }
}

extension ExitStatus {
    /// Whether somebody should hear of it: all but a run that completed, with or without records.
    var isNotable: Bool { self != .success && self != .timedOutEmpty }

    /// Whether what ended so prints its report.
    func isShown(isQuiet: Bool) -> Bool { !isQuiet || isNotable }
}
