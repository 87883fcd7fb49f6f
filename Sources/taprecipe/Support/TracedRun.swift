import Diagnostics
import Engine
import Report
import StapMessages
import Templater

/// One run of the engine: its events shown and recorded, its messages placed in the recipe.
struct TracedRun {
    let plan: RunPlan
    let engine: ChosenEngine
    let console: Console
    let isLive: Bool
    /// Where words wait until it is clear whether they are wanted.
    let held: HeldWords
    /// What ends it politely.
    let signals: InterruptSignals

    /// Runs to the end; throws an ``Exit`` where nothing was traced and the reasons have been shown.
    func run(
        _ request: RunRequest, recorder: RunRecorder, follower: Follower?, verbose: VerboseOptions
    ) async throws -> RunOutcome {
        let display = RunDisplay(
            console: console, timeout: request.budget.timeout, showsLine: !verbose.verbose && !held.isHeld)
        let renderer = DiagnosticRenderer(isColored: console.colorsErrors, sourceMap: plan.script.map)
        let script = plan.script.text
        let (isLive, held) = (isLive, held)
        let result: Result<RunOutcome, EngineError>
        do throws(EngineError) {
            let logger = verbose.logger { display.say($0) }
            let outcome = try await engine.run(request, logger, signals.stream) { event in
                recorder.record(event)
                display.show(event)
                if let words = Self.words(event, isLive: isLive, renderer: renderer, script: script) {
                    if held.isHeld { held.add(words) } else { display.say(words) }
                }
            }
            result = .success(outcome)
        } catch {
            result = .failure(error)
        }
        await display.finish()
        switch result {
        case .success(let outcome): return outcome
        case .failure(let error):
            console.complain(held.words)
            let diagnostics = error.diagnostics(in: script)
            console.report(diagnostics, map: plan.script.map)
            _ = await follower?.end(
                with: .failure(diagnostics.map(\.message), status: error.status.rawValue), on: console)
            throw Exit(error.status)
        }
    }

    /// What is said on standard error of an event; nil for those that are not.
    static func words(
        _ event: RunEvent, isLive: Bool = false, renderer: DiagnosticRenderer, script: SourceFile
    ) -> String? {
        switch event {
        case .line(let line) where isLive:
            // Behind the renderer's care for terminals: a line may hold anything.
            Console.safe(line) + "\n"
        case .commandLine(let line): Console.safe(line) + "\n"
        case .message(let message) where message.severity > .note:
            renderer.render(message.diagnostic(in: script))
        case .limitRaised(let limit, let from, let to):
            "\(limit.name) \(from) was too small; running again with \(to)\n"
        case .limitForNextRun(let limit, let from, let to):
            "\(limit.name) \(from) was too small; the next run of the recipe begins with \(to)\n"
        case .retryFailed(let error):
            "could not run again, the first run's output stands\n"
                + renderer.render(error.diagnostics(in: script))
        case .outputCut(let bytes): "output cut after \(bytes) bytes (--max-output)\n"
        default: nil
        }
    }
}
