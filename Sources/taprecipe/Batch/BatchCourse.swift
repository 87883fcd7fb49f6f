import Diagnostics
import Digests
import Engine
import RecipeModel
import Report

/// The course of a checked runbook: its steps run, reported, and what is left undone kept.
struct BatchCourse {
    let plan: BatchPlan
    /// When the budget began.
    let start: ContinuousClock.Instant
    let console: Console
    let form: BatchOutput
    let unattended: UnattendedOptions
    /// Further options for the steps' processes.
    let options: [String]
    /// Whether what happens is told on standard output as it does.
    let isFollowed: Bool

    /// Runs it; what it returns is the exit code of all.
    ///
    /// - Throws: Where nothing was begun; ``NoEngines`` among others, once the last question of `reader` is asked.
    func run(resumes: Bool, reader: DebugReader) async throws -> ExitStatus {
        let state = try BatchState(plan)
        let earlier = resumes ? try state.earlier(of: plan, console: console) : plan.steps.map { _ in nil }
        try await BatchEngineCheck(plan: plan, reader: reader).require(besides: earlier)
        reader.end()
        let draft = try form.begin()
        try roomCheck(state).require()
        try state.begin()
        let running = RunningCommands()
        let display = BatchDisplay(plan, console: console, isQuiet: unattended.quiet)
        let follower = isFollowed ? BatchFollower(plan, brokenOff: { running.end() }) : nil
        let run = BatchRun(
            plan: plan, state: state, running: running, isFollowed: isFollowed, options: options, start: start
        ) { event in
            display.show(event)
            follower?.note(event)
        }
        let started = Surroundings.timestamp
        let records = await running.whileListening { await run.run(earlier) }
        // Where the report is to be seen it says the same.
        await display.finish(isLeft: draft != nil || isFollowed || !console.outputIsTerminal)
        var report = BatchReport(
            runbook: plan.name, digest: plan.file.map { "sha256:" + SHA256.hex(of: $0.bytes) },
            host: HostName.current, started: started, duration: .now - start,
            budget: plan.budget, variables: plan.variables, steps: run.steps(records),
            status: ExitStatus.worst(of: records.map(\.status)).rawValue)
        let isDelivered = await deliver(&report, to: draft, follower)
        // Only now, so that nothing is lost where the report could not be written.
        if plan.file != nil, !isDelivered || records.contains(where: \.wasLeftUndone) {
            sayHowToResume(isDelivered: isDelivered)
        } else {
            state.clear()
        }
        return report.exitStatus
    }

    /// What is looked at before the first step; each looks at what it needs besides.
    private func roomCheck(_ state: BatchState) -> RoomCheck {
        var check = RoomCheck()
        if let file = form.output {
            check.places.append(.init(of: file, needed: RoomCheck.summarySize, purpose: "the report"))
        }
        check.places.append(
            .init(
                of: state.root, needed: RoomCheck.summarySize, purpose: "what each step hands over",
                remedy: "make room there, or set XDG_STATE_HOME to another place"))
        return check
    }

    /// Writes the report where it is wanted, and tells of it; what goes wrong there is said, and decides the exit code.
    ///
    /// - Returns: Whether it is where it was wanted.
    private func deliver(
        _ report: inout BatchReport, to draft: OutputFile.Draft?, _ follower: BatchFollower?
    ) async -> Bool {
        var failure: ExitStatus?
        do {
            // What follows the batch on standard output has the report as its last line.
            if draft != nil || follower == nil && report.exitStatus.isShown(isQuiet: unattended.quiet) {
                try form.write(report, to: draft, console: console)
            }
        } catch {
            failure = console.report(error)
        }
        report.status = failure?.rawValue ?? report.status
        if let unread = await follower?.end(with: report, on: console) { failure = unread }
        report.status = failure?.rawValue ?? report.status
        await unattended.notify(
            report.exitStatus, of: report.runbook,
            report: BatchOutput.text(report, .text, console, isFile: true), on: console)
        return failure == nil
    }

    private func sayHowToResume(isDelivered: Bool) {
        guard !unattended.quiet || !isDelivered else { return }
        let words = "'--resume' with the same words goes on with the steps that are not done"
        console.report([Diagnostic(.note, isDelivered ? words : words + ", and reports on all")])
    }
}

extension BatchReport {
    fileprivate var exitStatus: ExitStatus { ExitStatus(rawValue: status) ?? .failure }
}
