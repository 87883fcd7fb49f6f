import Engine
import Glibc
import RecipeModel

/// The program that a run is about, for the summary: a recipe may probe libraries as well.
struct TracedProgram {
    let path: String
    /// In hexadecimal; nil where the file has none or cannot be read.
    let buildID: String?

    /// The target process's program, else the command's, else the first executable that the arguments name,
    /// one that the user chose before one that the recipe takes by default.
    ///
    /// Of a group's processes the oldest is the target, which need not run what the arguments name.
    init?(_ bound: BoundRecipe, target: RunTarget, isOfGroup: Bool, probed: [ProbedFile]) {
        let named = bound.recipe.parameters.compactMap { parameter -> (path: String, isChosen: Bool)? in
            guard case .executable(let path)? = bound.arguments[parameter.name] else { return nil }
            return (path, parameter.defaultValue != .executable(path))
        }
        let argument = (named.first(where: \.isChosen) ?? named.first)?.path
        let path: String?
        switch target {
        case .none: path = argument
        case .pid where isOfGroup && named.contains(where: \.isChosen): path = argument
        case .pid(let pid): path = (try? TargetProcess.executable(of: pid)) ?? argument
        case .command(let words): path = words.first.flatMap(Self.find)
        }
        guard let path else { return nil }
        self.path = path
        // A module's files were held against its manifest, so that what stands there holds here.
        buildID = probed.first { $0.path == path }?.buildID ?? ELFBuildID.buildID(of: path)
    }

    /// Where execvp(3) finds a command.
    private static func find(_ name: String) -> String? {
        if name.contains("/") { return Surroundings.absolute(name) }
        return Surroundings.searchPath.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
