import ArgumentParser
import RecipeModel

/// When something is to run, and what becomes of the files that say so.
struct ScheduleOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long after a run began the next one begins, such as 10m.", valueName: "duration"))
    var every: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "When to run: systemd's calendar event, such as 'Mon..Fri 03:00'; with --cron the five fields of a crontab.",
            valueName: "text"))
    var calendar: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Wait up to so long before each run, at random.", valueName: "duration"))
    var jitter: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "What the job is called: its files are taprecipe-NAME; by default as the runbook or recipe.",
            valueName: "name"))
    var unitName: String?

    @Flag(help: "Write a file for /etc/cron.d instead of systemd's units.")
    var cron = false

    @Flag(name: .customLong("print"), help: "Print the files (the default).")
    var prints = false

    @Flag(help: "Write the files, and start the timer where systemd runs.")
    var install = false

    @Flag(help: "Stop the timer and take the files of --unit-name away.")
    var remove = false

    @Option(
        help: ArgumentHelp("Write or remove files below this folder, and start nothing.", valueName: "dir"),
        completion: .directory)
    var root: String?

    func validate() throws {
        if [prints, install, remove].count(where: { $0 }) > 1 {
            throw ValidationError("found several of '--print', '--install' and '--remove', expected one")
        }
    }

    /// A name that a unit, a file of cron's and a lock can have.
    static func checked(_ name: String) throws -> String {
        guard RecipeName.isValid(name) else {
            throw UsageError(
                "'\(name)' cannot be the name of a job",
                notes: ["a name is a lower-case letter, then lower-case letters, digits and single dashes"])
        }
        return name
    }
}
