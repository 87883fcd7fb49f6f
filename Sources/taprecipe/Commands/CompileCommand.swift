import ArgumentParser
import Diagnostics
import Engine
import RecipeModel
import Templater

/// `taprecipe compile RECIPE … -o X.ko`: a module for a machine without a compiler.
struct CompileCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Compile a recipe into a kernel module to run elsewhere.",
        usage: "taprecipe compile RECIPE [--PARAMETER VALUE …] -o FILE.ko", helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions
    @OptionGroup var limits: LimitOptions

    @Option(
        help: ArgumentHelp("The kernel to compile for; the running one by default.", valueName: "release"))
    var kernelRelease: String?

    @Option(
        name: [.short, .long], help: ArgumentHelp("Where to put the module.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long the compile may take.", valueName: "duration"))
    var deadline: TimeArgument?

    @OptionGroup var verbose: VerboseOptions
    @OptionGroup var invocation: RecipeInvocation

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        try waiting { try await compile(with: reader) }
    }

    private func compile(with reader: DebugReader) async throws {
        let console = print.console
        let limitsGiven = try limits.limits
        let deadline = try deadline?.duration("--deadline")
        let watch = DeadlineWatch(deadline, console: console)
        guard let recipe = try invocation.recipe(recipes, console: console, help: Self.helpMessage())
        else { return }
        guard let output else { throw UsageError("found no '-o FILE', expected where to put the module") }
        let bound = try BoundRecipe(recipe, words: invocation.parameters)
        if recipe.guru, !limits.allowGuru {
            throw UsageError("recipe '\(recipe.name)' needs stap's guru mode", notes: ["give --allow-guru"])
        }
        let kernelRelease = kernelRelease ?? Surroundings.kernelRelease
        let checked = try CheckedScript(
            bound, limits: limitsGiven, kernelRelease: kernelRelease,
            fetcher: DebugInfoFetcher(console: console, deadline: watch), reader: reader)
        if !limits.allowReturnProbes { try checked.requireHarmlessReturns() }
        let plan = RunPlan(
            bound: bound, script: checked.script, resolved: checked.resolved, probed: checked.probedFiles,
            target: .none,
            kernelRelease: kernelRelease)
        console.report(plan.stapWarnings)
        try Preflight.requireTrust(in: recipe.files)
        let version = try await Preflight.require(
            .compile, of: plan.recipeFacts(isGuruAllowed: limits.allowGuru), kernelRelease: plan.kernelRelease
        )
        let draft = try OutputFile(path: output).begin()
        var request = plan.request(
            Budget(timeout: recipe.timeout, deadline: deadline), pinned: limitsGiven,
            allowsGuru: limits.allowGuru, reader: reader)
        reader.end()
        request.elapsedBefore = watch.handOver()
        let display = RunDisplay(
            console: console, timeout: recipe.timeout, showsLine: !verbose.verbose)
        let renderer = DiagnosticRenderer(isColored: console.colorsErrors, sourceMap: plan.script.map)
        let script = plan.script.text
        let bytes: [UInt8]
        do throws(EngineError) {
            let engine = StapEngine(logger: verbose.logger { display.say($0) })
            let module = try await engine.compile(request, interrupts: InterruptSignals().stream) { event in
                display.show(event)
                if let words = TracedRun.words(event, renderer: renderer, script: script) {
                    display.say(words)
                }
            }
            bytes = try await engine.export(
                module,
                manifest: ModuleManifest(
                    recipe: recipe, request: request, module: module, engine: version,
                    doubts: plan.stapDoubts),
                directories: request.directories)
            await display.finish()
        } catch {
            await display.finish()
            console.report(error.diagnostics(in: plan.script.text), map: plan.script.map)
            throw Exit(error.status)
        }
        try draft.write(bytes)
        try draft.commit()
    }
}
