import ArgumentParser
import Diagnostics
import Engine
import RecipeModel

/// `taprecipe schedule RUNBOOK|RECIPE …`: a systemd service and timer, or cron's line, for a run that is checked now.
struct ScheduleCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Write a systemd timer, or a line for cron, that runs a runbook or recipe again and again.",
        usage: """
            taprecipe schedule RUNBOOK.yaml --every DURATION | --calendar TEXT [options of batch]
            taprecipe schedule RECIPE --every DURATION | --calendar TEXT [--PARAMETER VALUE …] [options of run]
            taprecipe schedule --remove --unit-name NAME
            """,
        discussion: """
            What is to run is checked now, as 'batch' or 'run' would check it. --print (the default) prints the files, \
            --install writes them and starts the timer, --remove takes them away.
            """)

    @OptionGroup var when: ScheduleOptions

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "The runbook's file or the recipe's name, then what 'batch' or 'run' takes.", valueName: "words"),
        completion: RecipeCompletion.invocation)
    var words: [String] = []

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        let console = Console(color: .auto, environment: Surroundings.environment)
        if when.remove { return try remove(console) }
        let timing = try Timing(every: when.every, calendar: when.calendar)
        let jitter = try when.jitter?.duration("--jitter")
        try waiting {
            let job = try await ScheduledCommand(words, when: when, console: console, reader: reader).job()
            try await Schedule(job, timing, jitter: jitter, options: when, console: console).carryOut()
        }
    }

    private func remove(_ console: Console) throws {
        guard let name = when.unitName, words.isEmpty else {
            throw UsageError("'--remove' needs '--unit-name NAME', and nothing else than where to look")
        }
        try waiting { try await Schedule.remove(try ScheduleOptions.checked(name), when, console) }
    }
}
