import ArgumentParser
import CMalloc
import Diagnostics
import Engine
import Glibc

@main
struct Taprecipe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taprecipe",
        abstract: "Run canned SystemTap diagnostics: checked first, bounded in time, summarized.",
        discussion: """
            A recipe is a YAML file: a SystemTap script with typed parameters and limits.

              taprecipe list
              taprecipe doctor nginx-5xx
              taprecipe run nginx-5xx --binary /usr/sbin/nginx --timeout 30s

            Exit codes: 0 the run completed, 1 it failed, 2 usage, 3 the recipe or script did not pass \
            checking, 4 no engine can run here, 5 timed out with nothing recorded, 6 inconclusive, \
            10 --fail-if found something, 130 interrupted.
            """,
        version: taprecipeVersion,
        // A step is what `batch` starts, for nobody else to call.
        subcommands: [StepCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Diagnose",
                subcommands: [
                    ListCommand.self, ShowCommand.self, DoctorCommand.self, RunCommand.self,
                    BatchCommand.self, ScheduleCommand.self,
                ]),
            CommandGroup(
                name: "Check",
                subcommands: [
                    ValidateCommand.self, ExplainCommand.self, ExpandCommand.self, ProbesCommand.self,
                    CompileCommand.self,
                ]),
            CommandGroup(
                name: "Review",
                subcommands: [
                    ReportCommand.self, HistoryCommand.self, ShowRunCommand.self, DiffCommand.self,
                    MergeCommand.self, ExportCommand.self,
                ]),
            CommandGroup(
                name: "Write",
                subcommands: [NewCommand.self, TestCommand.self, FmtCommand.self, BundleCommand.self]),
        ])

    /// Parses and runs, and turns whatever ends it into one message and one of the documented exit codes.
    ///
    /// The helper that reads debug information is split off before anything else: while there is one thread, and in
    /// time to be ready when it is asked.
    static func main() {
        // Memory is used once and for a moment: a heap of another thread's own would grow by a system call a page, and
        // what is given back to the kernel has to be cleared by it when it is wanted again.
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_TOP_PAD, 1 << 20)
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 256 << 20)
        DebugReader.serve(CommandLine.arguments)
        occupyStandardDescriptors()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let rehearsal = readingCommand(of: arguments).map { command in command.rehearsal }
        let reader = rehearsal.map { DebugReader.forked(rehearsing: $0) } ?? DebugReader.started()
        handleBrokenPipes()
        let status = status(of: arguments, reader)
        reader.end()
        Glibc.exit(status.rawValue)
    }

    /// The command that a command line is of, where that reads debug information.
    ///
    /// They are listed, as asking each type whether it is one would take longer than splitting the helper off.
    private static func readingCommand(of arguments: [String]) -> (any ReadingCommand.Type)? {
        let commands: [any ReadingCommand.Type] = [
            RunCommand.self, ValidateCommand.self, CompileCommand.self, ProbesCommand.self,
            ExplainCommand.self, BatchCommand.self, ScheduleCommand.self, StepCommand.self, NewCommand.self,
        ]
        return commands.first { $0.configuration.commandName == arguments.first }
    }

    private static func status(of arguments: [String], _ reader: DebugReader) -> ExitStatus {
        var parsed: (any ParsableCommand)?
        do {
            var command = try parseAsRoot(arguments)
            parsed = command
            if let command = command as? any ReadingCommand {
                try command.run(with: reader)
            } else if let command = command as? any AsyncParsableCommand {
                try waiting {
                    var command = command
                    try await command.run()
                }
            } else {
                try command.run()
            }
            return .success
        } catch {
            let console = Console(color: .auto, environment: Surroundings.environment)
            let status = console.report(error)
            if let command = parsed as? any UnattendedCommand, (error as? Exit)?.isTold != true {
                try? waiting {
                    await command.unattended.notify(
                        status, of: command.subjectName,
                        report: "\(command.subject) did not run: exit code \(status.rawValue)\n",
                        on: console)
                }
            }
            return status
        }
    }
}

/// The version that `--version` prints and that summaries carry.
let taprecipeVersion = "0.1.0"

/// Mistakes of the command line, as diagnostics.
struct UsageError: Error {
    let diagnostics: [Diagnostic]

    init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    init(_ message: String, notes: [String] = []) {
        diagnostics = [.error(message, notes: notes)]
    }

    /// What `body` returns; the problems that it throws are the command line's.
    static func catching<Value>(_ body: () throws(DiagnosticsError) -> Value) throws(UsageError) -> Value {
        do {
            return try body()
        } catch {
            throw UsageError(error.diagnostics)
        }
    }
}
