import Diagnostics
import Engine
import RecipeModel

/// A recipe with the words of a command line bound to its parameters.
struct BoundRecipe {
    let recipe: Recipe
    let arguments: [String: ParameterValue]
    /// The program behind `--`.
    let command: [String]?

    /// Binds the words that `run` did not know itself.
    ///
    /// - Parameters:
    ///   - recipe: The recipe.
    ///   - words: What stood on the command line behind the recipe's name and is no option of the command's.
    ///   - pid: The target process, from which a `binary` parameter is filled where it is not given.
    ///   - group: The control group that it is of, whose processes are looked at as well.
    /// - Throws: Every mistake in the words.
    init(_ recipe: Recipe, words: [String], pid: Int32? = nil, group: TargetGroup? = nil) throws {
        let split = RecipeArguments(words) { name in
            recipe.parameters.contains { $0.name == name && $0.type == .boolean }
        }
        try split.requireRecipes(
            note: "the recipe's name comes first, then its parameters as --NAME VALUE; see "
                + "'taprecipe run \(recipe.name) --help'")
        if let command = split.command, command.isEmpty {
            throw UsageError("found '--' with nothing behind it, expected a command to run")
        }
        try self.init(
            recipe, given: split.options.map { ArgumentBinder.Argument($0.name, $0.value) },
            command: split.command, pid: pid, group: group)
    }

    /// Binds what was given for the parameters; the target says the rest.
    ///
    /// - Throws: Every mistake in what was given.
    init(
        _ recipe: Recipe, given: [ArgumentBinder.Argument], command: [String]?, pid: Int32?,
        group: TargetGroup? = nil, style: ArgumentBinder.Style = .options
    ) throws {
        self.recipe = recipe
        self.command = command
        var given = given
        for parameter in recipe.parameters where !given.contains(where: { $0.name == parameter.name }) {
            if let value = try Self.implied(parameter, pid: pid, group: group, command: command) {
                given.append(ArgumentBinder.Argument(parameter.name, Array(value.utf8)))
            }
        }
        let binder = ArgumentBinder(
            recipe: recipe, workingDirectory: Surroundings.workingDirectory,
            executablePath: Surroundings.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin", style: style)
        do {
            arguments = try binder.bind(given)
        } catch {
            throw UsageError(error.diagnostics)
        }
    }

    /// A recipe whose arguments are known values.
    init(recipe: Recipe, arguments: [String: ParameterValue], command: [String]?) {
        self.recipe = recipe
        self.arguments = arguments
        self.command = command
    }

    /// What `--pid` and `-- COMMAND` say of the parameter `binary`, and of libraries that have a default.
    private static func implied(
        _ parameter: Parameter, pid: Int32?, group: TargetGroup?, command: [String]?
    ) throws -> String? {
        if parameter.name == "binary", let group,
            let found = ParameterFinder(among: group.group.processes).find(parameter),
            found.pid != nil
        {
            return found.value
        }
        switch (parameter.name, parameter.type) {
        case ("binary", .executable) where pid != nil && parameter.defaultValue == nil:
            return try pid.map(TargetProcess.executable)
        case ("binary", .executable) where command != nil && parameter.defaultValue == nil:
            return command?.first
        case (_, .executable) where parameter.name != "binary":
            guard let pid, case .executable(let library)? = parameter.defaultValue else { return nil }
            return TargetProcess.copy(ofLibrary: library, in: pid)
        default:
            return nil
        }
    }
}
