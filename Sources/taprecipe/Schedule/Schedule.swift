import Diagnostics
import Engine
import Glibc

/// A job's files, and what is done with them.
struct Schedule {
    private let job: ScheduledJob
    private let options: ScheduleOptions
    private let console: Console
    private let units: SystemdUnits?
    private let cron: CronFile?

    /// Makes the files.
    ///
    /// - Throws: That cron or systemd does not take the times.
    init(
        _ job: ScheduledJob, _ timing: Timing, jitter: Duration?, options: ScheduleOptions, console: Console
    ) async throws {
        self.job = job
        self.options = options
        self.console = console
        cron = options.cron ? try CronFile(job, timing, jitter: jitter) : nil
        units =
            options.cron
            ? nil
            : SystemdUnits(
                job: job, timing: timing, jitter: jitter, kernelRelease: Surroundings.kernelRelease)
        if !options.cron, case .calendar(let text) = timing { try await Self.check(calendar: text) }
        for folder in job.outputFolders where access(folder, F_OK) != 0 {
            console.report([
                .warning(
                    "'\(folder)' is not there, so that no run can write to it",
                    notes: ["make it, or give another place"])
            ])
        }
        if let period = timing.period, let longest = job.longest, longest >= period {
            console.report([
                .warning(
                    "one run may take as long as there is between two",
                    notes: [
                        "give '\(job.words[1] == "batch" ? "--budget" : "--deadline")' less than '--every'"
                    ])
            ])
        }
    }

    /// Prints or installs the files.
    func carryOut() async throws {
        let files = ScheduleFiles(root: options.root ?? "/", unit: job.unit, units: units, cron: cron)
        guard options.install else {
            for (path, text) in files.texts {
                // Several files are told apart as head(1) and tail(1) do.
                try console.write(files.texts.count > 1 ? "# ==> \(path) <==\n\(text)\n" : text)
            }
            return
        }
        for path in try files.install() { try console.writeLine("wrote \(path)") }
        if options.root == nil, !options.cron {
            try await Self.systemctl([["daemon-reload"], ["enable", "--now", job.unit + ".timer"]], console)
        }
    }

    /// Stops a job's timer and takes its files away.
    static func remove(_ name: String, _ options: ScheduleOptions, _ console: Console) async throws {
        let unit = "taprecipe-\(name)"
        let isHere = options.root == nil && !options.cron
        let paths = ScheduleFiles.paths(unit, isCron: options.cron)
        if isHere, paths.contains(where: { access($0, F_OK) == 0 }) {
            try await systemctl([["disable", "--now", unit + ".timer"]], console)
        }
        let removed = try ScheduleFiles.remove(unit, isCron: options.cron, root: options.root ?? "/")
        for path in removed { try console.writeLine("removed \(path)") }
        guard !removed.isEmpty else {
            throw UsageError(
                "found no files of a job '\(name)'",
                notes: ["they would be \(paths.map { (options.root ?? "") + $0 }.joined(separator: ", "))"])
        }
        if isHere { try await systemctl([["daemon-reload"]], console) }
    }

    /// Has systemd look at its files, where it runs.
    private static func systemctl(_ commands: [[String]], _ console: Console) async throws {
        // As sd_booted(3) tells it.
        guard access("/run/systemd/system", F_OK) == 0 else {
            return console.report([
                .warning("systemd does not run here, so that nothing was started or stopped")
            ])
        }
        for words in commands {
            let (status, said) = try await SystemProgram.run("systemctl", words)
            guard status == 0 else {
                console.report([
                    .error(
                        "'systemctl \(words.joined(separator: " "))' ended with status \(status)", notes: said
                    )
                ])
                throw Exit(.failure)
            }
        }
    }

    /// Asks systemd-analyze(1), where it is there, whether a text is a calendar event.
    private static func check(calendar text: String) async throws {
        guard SystemProgram.path("systemd-analyze") != nil else { return }
        let (status, said) = try await SystemProgram.run("systemd-analyze", ["calendar", "--", text])
        guard status != 0 else { return }
        throw UsageError(
            "'--calendar' is '\(text)', which systemd does not take for a calendar event", notes: said)
    }
}
