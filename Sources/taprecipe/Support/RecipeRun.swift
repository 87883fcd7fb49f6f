import Diagnostics
import Engine
import RecipeModel
import Report
import Templater

/// The course of one run: bound, checked, traced, summarized.
struct RecipeRun {
    let settings: RunSettings
    let console: Console
    /// Counts the deadline from the command's start.
    let watch: DeadlineWatch
    let reader: DebugReader

    /// What a run that traced came to.
    struct Result {
        let plan: RunPlan
        let outcome: RunOutcome
        let summary: Summary
        /// What `run` ends with.
        let status: ExitStatus
    }

    /// Binds, expands and checks a recipe; touches nothing.
    func plan(_ recipe: Recipe, words: [String]) throws -> RunPlan {
        let bound = try BoundRecipe(recipe, words: words, pid: settings.pid, group: settings.group)
        let plan = try RunPlan(
            checking: bound, settings, fetcher: DebugInfoFetcher(console: console, deadline: watch),
            reader: reader)
        console.report(plan.warnings)
        return plan
    }

    /// Checks a compiled module against this machine; touches nothing.
    ///
    /// - Parameters:
    ///   - module: The module's path.
    ///   - name: The recipe that the user means it to hold.
    ///   - words: What stood behind the recipe's name.
    /// - Returns: What is to be run.
    /// - Throws: What is wrong with it or with how it is asked for.
    func plan(module: String, recipe name: String, words: [String]) throws -> RunPlan {
        let compiled = try PrecompiledModule(path: module, recipe: name)
        guard settings.limits.macros.isEmpty else {
            throw UsageError(
                "found '--limit', but the limits of a module are compiled in",
                notes: ["compile it again with other limits; only 'buffer' can be set here"])
        }
        let bound = try compiled.bound(words: words)
        let target = try settings.target(of: bound)
        var script = try compiled.script()
        script.limits = script.limits.overridden(by: settings.limits)
        var plan = RunPlan(
            bound: bound, script: script, resolved: nil, probed: compiled.manifest.probedFiles,
            target: target)
        plan.moduleEngine = compiled.manifest.engine
        plan.stapDoubts = compiled.manifest.doubts ?? []
        return plan
    }

    /// Says what would be run, and what would stop that here.
    func rehearse(_ plan: RunPlan) async throws {
        // Before the engine is chosen, which ends the reader.
        let request = request(for: plan)
        let planned = await ChosenEngine.planned(for: plan, settings, reader: reader)
        var plan = plan
        console.report(plan.takeDoubts(of: planned.engine))
        let rehearsal = DryRun(
            plan: plan, timeout: timeout(of: plan), request: request, engine: planned.engine)
        try console.write(rehearsal.text)
        Preflight.warn(planned.obstacle, path: files(of: plan)[0], on: console)
    }

    /// Traces, and writes the summary and the script's own output where they are wanted.
    ///
    /// - Throws: A ``NoEngine``, or an ``Exit`` where nothing was traced and the reasons have been shown; what goes wrong
    ///   after that is said, and in the result's status.
    func trace(
        _ plan: RunPlan, to destination: some SummaryDestination, verbose: VerboseOptions
    ) async throws -> Result {
        try Preflight.requireTrust(in: files(of: plan))
        try settings.roomCheck.require()
        var request = request(for: plan)
        let chosen = try await ChosenEngine(for: plan, request, settings, reader: reader)
        if case .stap = chosen { reader.end() }
        var plan = plan
        console.report(plan.takeDoubts(of: chosen.engine))
        let rawDraft = try settings.raw.map { try OutputFile(path: $0).begin() }
        let draft = try destination.begin()
        request.guards = settings.guards
        let unmetWarnings = plan.unmetWarnings
        let unseenBefore = unseen(by: chosen)
        if unseenBefore > 0 {
            console.report([
                .warning(
                    "stap knows of the group only process \(settings.pid ?? 0) and what it starts from now on",
                    notes: ["the built-in engine follows all of its processes: --engine bpf"])
            ])
        }
        request.writesFiles = rawDraft != nil || draft != nil || settings.keepsRights
        // What a command did, it would do again.
        if !settings.mayRetry || plan.bound.command != nil { request.maximumRetries = 0 }
        request.maximumOutput = settings.maximumOutput ?? request.maximumOutput
        request.elapsedBefore = watch.handOver()
        let signals = InterruptSignals()
        let follower =
            settings.isFollowed
            ? Follower(plan.script, of: settings.step, brokenOff: { signals.raiseFirst() }) : nil
        let recorder = try RunRecorder(
            plan.bound.recipe, raw: rawDraft, keepsOutput: settings.keeper != nil, follower: follower)
        follower?.begin(
            .start(
                recipe: plan.bound.recipe.name, engine: plan.moduleEngine ?? chosen.name,
                timeout: timeout(of: plan)),
            recorder)
        let started = Surroundings.timestamp
        let held = HeldWords(isHeld: settings.isQuiet)
        let outcome = try await TracedRun(
            plan: plan, engine: chosen, console: console, isLive: settings.isLive, held: held,
            signals: signals
        ).run(request, recorder: recorder, follower: follower, verbose: verbose)
        var facts = plan.facts(
            outcome, engine: plan.moduleEngine ?? chosen.name, timeout: timeout(of: plan), started: started)
        facts.losses.append(
            Loss(
                .unseenProcesses,
                count: max(unseenBefore, unseen(by: chosen), outcome.leavesProcesses ? 1 : 0)))
        facts.losses += plan.unreached
        let summary = recorder.summary(facts)
        let found = outcome.status(of: summary, failIf: settings.failIf)
        defer {
            settings.keeper?.keep(
                summary, of: plan.bound.recipe, recorder: recorder, status: found, console: console)
        }
        let isShown = found.isShown(isQuiet: settings.isQuiet)
        if isShown {
            console.complain(held.words)
            if summary.recordCount == 0, summary.verdict.grade == .complete {
                console.report(unmetWarnings)
            }
        }
        var status = found
        func attempt(_ work: () throws -> Void) {
            do { try work() } catch { status = console.report(error) }
        }
        // What follows the run on standard output has the summary as its last line.
        if draft != nil || isShown && follower == nil {
            attempt { try destination.write(summary, to: draft, console: console) }
        }
        // After the summary, which a full disk must not take along.
        attempt { try recorder.saveRaw() }
        status =
            await follower?.end(with: .summary(summary, status: status.rawValue), on: console) ?? status
        return Result(plan: plan, outcome: outcome, summary: summary, status: status)
    }

    /// How many processes of the target's group the engine does not follow now.
    private func unseen(by engine: ChosenEngine) -> Int {
        guard case .stap = engine, let group = settings.group, let leader = settings.pid else { return 0 }
        return group.unseen(from: leader)
    }

    private func timeout(of plan: RunPlan) -> Duration { settings.timeout ?? plan.bound.recipe.timeout }

    private func request(for plan: RunPlan) -> RunRequest {
        plan.request(
            Budget(timeout: timeout(of: plan), deadline: settings.deadline), pinned: settings.limits,
            allowsGuru: settings.allowsGuru, module: settings.module, reader: reader)
    }

    /// The files that decide what is run, that which was named first.
    private func files(of plan: RunPlan) -> [String] {
        settings.module.map { [$0] } ?? plan.bound.recipe.files
    }
}
