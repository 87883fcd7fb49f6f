import Engine
import RecipeModel

/// A job's file for `/etc/cron.d` (cron(8), crontab(5)).
struct CronFile {
    /// The longest command that Debian's cron takes (MAX_COMMAND).
    private static let longestCommand = 1000

    let text: String
    /// What cron has /bin/sh run.
    let command: String

    /// - Throws: That cron cannot run it then, or not such a command.
    init(_ job: ScheduledJob, _ timing: Timing, jitter: Duration?) throws {
        let fields = try timing.cronFields()
        guard !job.words.contains(where: { $0.contains("\n") }) else {
            throw UsageError("found a line end in a word of the command, which cron cannot pass on")
        }
        var command = job.words.map(StapEngine.quotedForShell).joined(separator: " ")
        if let folder = job.folder { command = "cd \(StapEngine.quotedForShell(folder)) && \(command)" }
        if let jitter {
            command = "sleep $(shuf -i 0-\(jitter.components.seconds) -n 1); \(command)"
        }
        self.command = command
        // An unescaped % ends the command; the backslash before it is taken away.
        let line = command.replacing("%", with: "\\%")
        guard line.utf8.count < Self.longestCommand else {
            throw UsageError(
                "the command has \(line.utf8.count) bytes, more than cron takes (\(Self.longestCommand - 1))",
                notes: ["put what it runs into a runbook"])
        }
        text = """
            \(SystemdUnits.mark); 'taprecipe schedule --cron --remove --unit-name \(job.name)' takes it away.
            # \(job.summary.replacing("\n", with: " "))
            # What it prints goes to root by mail; MAILTO names others.
            SHELL=/bin/sh
            PATH=/usr/sbin:/usr/bin:/sbin:/bin
            \(fields) root \(line)

            """
    }
}
