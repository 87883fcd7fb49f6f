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
        let directories = EngineDirectories.standard(
            environment: Surroundings.environment, isRoot: Surroundings.effectiveUser == 0,
            userID: Surroundings.effectiveUser)
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

    /// Whether a run that ended so is to be spoken of.
    func speaks(of status: ExitStatus) -> Bool { !quiet || status.isNotable }

    /// Tells the command of a run, where that is worth it: how it ended, the recipe's or runbook's name, and the
    /// report in words.
    func notify(_ status: ExitStatus, of name: String, report: @autoclosure () -> String, on console: Console)
    {
        guard let notifyCommand, status.isNotable else { return }
        setenv("TAPRECIPE_NAME", name, 1)
        setenv("TAPRECIPE_STATUS", "\(status.rawValue)", 1)
        defer {
            unsetenv("TAPRECIPE_NAME")
            unsetenv("TAPRECIPE_STATUS")
        }
        guard let pipe = popen(notifyCommand, "we") else {
            return console.report([
                .warning("cannot start --notify-command: \(String(cString: strerror(errno)))")
            ])
        }
        // A command that does not read all of it gets SIGPIPE's error, which is no trouble of ours.
        fputs(report(), pipe)
        let status = pclose(pipe)
        if status != 0 {
            let how = status & 0x7F == 0 ? "status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
            console.report([.warning("--notify-command '\(notifyCommand)' ended with \(how)")])
        }
    }
}

/// A command that may run with nobody there.
protocol UnattendedCommand: ParsableCommand {
    var unattended: UnattendedOptions { get }
    /// What is run, as the command line names it.
    var subject: String { get }
}

extension ExitStatus {
    /// Whether somebody should hear of it: all but a run that completed, with or without records.
    var isNotable: Bool { self != .success && self != .timedOutEmpty }
}
