import ArgumentParser
import Diagnostics
import Engine
import RecipeModel

/// `taprecipe doctor [RECIPE …]`: what would stop a run here, and what mends it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what would stop a run here, and the commands that mend it.")

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Option(help: ArgumentHelp("Ask for this kernel instead of the running one.", valueName: "release"))
    var kernelRelease: String?

    @Option(
        help: ArgumentHelp("A program to be probed; may be repeated.", valueName: "file"), completion: .file()
    )
    var binary: [String] = []

    @Option(help: ArgumentHelp("A process to be probed.", valueName: "pid"))
    var pid: Int32?

    @Flag(help: "Judge as if --allow-guru were given to run.")
    var allowGuru = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Argument(help: "The recipes to be run.", completion: RecipeCompletion.names)
    var names: [String] = []

    func run() async throws {
        let console = print.console
        let facts = try names.map { name in
            let recipe = try recipes.find(name)
            let problem = recipe.files.lazy.compactMap { RunTrust.problem($0, user: 0) }
                .first
            return RecipeFacts(
                name: recipe.name, distrust: problem?.message, needsGuru: recipe.guru,
                isGuruAllowed: allowGuru,
                probesPrograms: recipe.parameters.contains { $0.type == .executable })
        }
        let report = await Preflight.report(
            facts, kernelRelease: kernelRelease, executables: binary.map(Surroundings.absolute), pid: pid)
        switch format {
        case .text:
            let renderer = DoctorRenderer(
                isColored: console.colorsOutput, isASCII: !console.isUTF8, width: console.width)
            try console.write(renderer.render(report))
        case .json: try console.write(try JSONText.encode(DoctorDocument(report)))
        }
        guard report.exitCode() == 0 else { throw Exit(.noEngine) }
    }
}
