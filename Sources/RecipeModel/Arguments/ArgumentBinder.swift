public import Diagnostics

/// Turns what a user gave on the command line into values of a recipe's parameters.
public struct ArgumentBinder: Sendable {
    /// An option as it stood on the command line.
    public struct Argument: Sendable, Equatable {
        /// The parameter's name, without dashes before it.
        public var name: String
        /// The value's bytes as the user gave them; nil for an option without a value.
        public var value: [UInt8]?
        /// Where the value stands, if in a file.
        public var range: SourceRange?
        /// Where the name stands, if in a file.
        public var nameRange: SourceRange?

        /// Creates an argument.
        public init(
            _ name: String, _ value: [UInt8]?, at range: SourceRange? = nil,
            nameAt nameRange: SourceRange? = nil
        ) {
            self.name = name
            self.value = value
            self.range = range
            self.nameRange = nameRange
        }
    }

    /// Where arguments stand, and so how messages write them.
    public enum Style: Sendable {
        /// On a command line: `--name value`.
        case options
        /// In a file: `name: value`.
        case keys
    }

    private let recipe: Recipe
    private let resolver: ValueResolver
    private let style: Style

    /// Creates a binder.
    ///
    /// `workingDirectory` is the absolute folder that relative paths are taken from; `executablePath` is the
    /// environment's `PATH`, where bare names of executables are looked up.
    public init(
        recipe: Recipe, workingDirectory: String, executablePath: String, style: Style = .options
    ) {
        self.recipe = recipe
        self.style = style
        resolver = ValueResolver(workingDirectory: workingDirectory, executablePath: executablePath)
    }

    /// The value of every parameter that has one, given or by default.
    ///
    /// - Throws: everything that is wrong with the arguments.
    public func bind(_ arguments: [Argument]) throws(DiagnosticsError) -> [String: ParameterValue] {
        var diagnostics: [Diagnostic] = []
        let names = recipe.parameters.map(\.name)
        var unknown: Set<String> = []
        for argument in arguments
        where !names.contains(argument.name) && unknown.insert(argument.name).inserted {
            diagnostics.append(
                ArgumentProblem.unknown(argument.name, recipe: recipe.name, known: names)
                    .diagnostic(style, at: argument.nameRange))
        }
        var values: [String: ParameterValue] = [:]
        for parameter in recipe.parameters {
            let given = arguments.filter { $0.name == parameter.name }
            do throws(Misfit) {
                values[parameter.name] = try value(of: parameter, given)
            } catch {
                diagnostics.append(error.problem.diagnostic(style, at: error.range))
            }
        }
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        return values
    }

    /// A problem and the argument's place.
    private struct Misfit: Error {
        var problem: ArgumentProblem
        var range: SourceRange?
    }

    private func value(of parameter: Parameter, _ given: [Argument]) throws(Misfit) -> ParameterValue? {
        guard let first = given.first else {
            guard let value = parameter.defaultValue else {
                if parameter.isRequired { throw Misfit(problem: .missing(parameter)) }
                return nil
            }
            return try resolve(value, parameter)
        }
        if case .list = parameter.type {
            var items: [ParameterValue] = []
            for argument in given {
                if case .list(let more)? = try value(of: parameter, argument) { items += more }
            }
            return .list(items)
        }
        guard given.count == 1 else {
            throw Misfit(problem: .repeated(parameter, count: given.count), range: given[1].nameRange)
        }
        return try value(of: parameter, first)
    }

    private func value(
        of parameter: Parameter, _ argument: Argument
    ) throws(Misfit) -> ParameterValue? {
        guard let bytes = argument.value else {
            guard case .boolean = parameter.type else {
                throw Misfit(problem: .lacksValue(parameter), range: argument.range)
            }
            return .boolean(true)
        }
        do throws(ValueProblem) {
            return try resolver.resolve(try ValueParser(type: parameter.type).parse(bytes))
        } catch {
            throw Misfit(problem: .value(parameter, error, given: bytes), range: argument.range)
        }
    }

    private func resolve(
        _ value: ParameterValue, _ parameter: Parameter
    ) throws(Misfit) -> ParameterValue {
        do throws(ValueProblem) {
            return try resolver.resolve(value)
        } catch {
            throw Misfit(problem: .defaultValue(parameter, error, value))
        }
    }
}
