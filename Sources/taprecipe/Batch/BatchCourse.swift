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

    /// Runs it; what it returns is the exit code of all.
    ///
    /// - Throws: Where nothing was begun; ``NoEngines`` among others, once the last question of `reader` is asked.
    func run(resumes: Bool, reader: DebugReader) async throws -> ExitStatus {
        let state = try BatchState(plan)
        let earlier = resumes ? try state.earlier(of: plan) : plan.steps.map { _ in nil }
        try await BatchEngineCheck(plan: plan, reader: reader).require(besides: earlier)
        reader.end()
        let draft = try form.begin()
        try state.begin()
        let running = RunningCommands()
        let display = BatchDisplay(plan, console: console, isQuiet: unattended.quiet)
        let run = BatchRun(
            plan: plan, state: state, display: display, running: running, options: options, start: start)
        let started = Surroundings.timestamp
        let records = await running.whileListening { await run.run(earlier) }
        await display.finish()
        let status = ExitStatus.worst(of: records.map(\.status))
        let report = BatchReport(
            runbook: plan.name, digest: plan.file.map { "sha256:" + SHA256.hex(of: $0.bytes) },
            host: HostName.current, started: started, duration: .now - start,
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
