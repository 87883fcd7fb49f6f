import ArgumentParser
import Diagnostics
import Engine
import RecipeModel
import Templater

/// `taprecipe compile RECIPE … -o X.ko`: a module for a machine without a compiler.
struct CompileCommand: AsyncParsableCommand {
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

    @Option(help: ArgumentHelp("How long the compile may take.", valueName: "duration"))
    var deadline: DurationArgument?

    @OptionGroup var invocation: RecipeInvocation

    func run() async throws {
        let console = print.console
        guard let recipe = try invocation.recipe(recipes, console: console, help: Self.helpMessage())
        else { return }
        guard let output else { throw UsageError("found no '-o FILE', expected where to put the module") }
        let bound = try BoundRecipe(recipe, words: invocation.parameters)
        if recipe.guru, !limits.allowGuru {
            throw UsageError("recipe '\(recipe.name)' needs stap's guru mode", notes: ["give --allow-guru"])
        }
        let kernelRelease = kernelRelease ?? Surroundings.kernelRelease
        let checked = try CheckedScript(
            bound, limits: try limits.limits, kernelRelease: kernelRelease,
            fetcher: DebugInfoFetcher(console: console))
        let plan = RunPlan(
            bound: bound, script: checked.script, resolved: checked.resolved, probed: checked.probedFiles,
            target: .none,
            kernelRelease: kernelRelease)
        try Preflight.requireTrust(in: recipe.source.name)
        let version = try await Preflight.require(
            .compile, of: plan.recipeFacts(isGuruAllowed: limits.allowGuru), kernelRelease: plan.kernelRelease
        )
        let draft = try OutputFile(path: output).begin()
        let request = plan.request(
            Budget(timeout: recipe.timeout, deadline: deadline?.duration), pinned: try limits.limits,
            allowsGuru: limits.allowGuru)
        let progress = ProgressLine(console: console, timeout: recipe.timeout)
        await progress.begin()
        let bytes: [UInt8]
        do throws(EngineError) {
            let engine = StapEngine()
            let module = try await engine.compile(request, interrupts: InterruptSignals().stream) { event in
                Task { await progress.show(event) }
            }
            bytes = try await engine.export(
                module,
                manifest: ModuleManifest(
                    recipe: recipe, request: request, module: module, engine: version),
                directories: request.directories)
            await progress.finish()
        } catch {
            await progress.finish()
            console.report(error.diagnostics(in: plan.script.text), map: plan.script.map)
            throw Exit(error.status)
        }
        try draft.write(bytes)
        try draft.commit()
    }
}
