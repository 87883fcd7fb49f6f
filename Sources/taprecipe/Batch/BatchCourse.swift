import Diagnostics
import Engine
import RecipeModel
import Report

/// The course of a checked runbook: its steps run, reported, and what is left undone kept.
struct BatchCourse {
    let plan: BatchPlan
    /// How much of the budget the check took.
    let elapsed: Duration
    let console: Console
    let form: BatchOutput
    let unattended: UnattendedOptions
    /// Further options for the steps' processes.
    let options: [String]

    /// Runs it; what it returns is the exit code of all.
    func run(resumes: Bool) async throws -> ExitStatus {
        let state = try BatchState(plan)
        let earlier = resumes ? try state.earlier(of: plan) : plan.steps.map { _ in nil }
        let draft = try form.begin()
        try state.begin()
        let running = RunningSteps()
        let signals = InterruptSignals()
        let listener = Task { for await _ in signals.stream { running.interrupt() } }
        defer { listener.cancel() }
        let display = BatchDisplay(plan, console: console, isQuiet: unattended.quiet)
        let run = BatchRun(
            plan: plan, state: state, display: display, running: running, elapsedBefore: elapsed,
            options: options)
        let started = Surroundings.timestamp
        let begin = ContinuousClock.now - elapsed
        let records = await run.run(earlier)
        await display.finish()
        let status = ExitStatus.worst(of: records.map(\.status))
        let report = BatchReport(
            runbook: plan.name, digest: plan.file.map { "sha256:" + SHA256.hex(of: $0.bytes) },
            host: HostName.current, started: started, duration: ContinuousClock.now - begin,
            budget: plan.budget, variables: plan.variables, steps: run.steps(records),
            status: status.rawValue)
        if draft != nil || status.isShown(isQuiet: unattended.quiet) {
            try form.write(report, to: draft, console: console)
        }
        await unattended.notify(
            status, of: report.runbook, report: BatchOutput.text(report, .text, console, isFile: true),
            on: console)
        // Only now, so that nothing is lost where the report could not be written.
        if plan.file != nil, records.contains(where: \.wasLeftUndone) {
            sayHowToResume()
        } else {
            state.clear()
        }
        return status
    }

    private func sayHowToResume() {
        guard !unattended.quiet else { return }
        console.report([
            Diagnostic(.note, "'--resume' with the same words goes on with the steps that are not done")
        ])
    }
}
