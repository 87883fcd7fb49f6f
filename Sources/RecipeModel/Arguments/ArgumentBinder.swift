public import Diagnostics

/// Turns what a user gave on the command line into values of a recipe's parameters.
public struct ArgumentBinder: Sendable {
    /// An option as it stood on the command line.
    public struct Argument: Sendable, Equatable {
        /// The parameter's name, without dashes before it.
        public var name: String
        /// The value's bytes as the user gave them; nil for an option without a value.
        public var value: [UInt8]?

        /// Creates an argument.
        public init(_ name: String, _ value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }

    private let recipe: Recipe
    private let resolver: ValueResolver

    /// Creates a binder.
    ///
    /// `workingDirectory` is the absolute folder that relative paths are taken from; `executablePath` is the
    /// environment's `PATH`, where bare names of executables are looked up.
    public init(recipe: Recipe, workingDirectory: String, executablePath: String) {
        self.recipe = recipe
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
                ArgumentProblem.unknown(argument.name, recipe: recipe.name, known: names).diagnostic)
        }
        var values: [String: ParameterValue] = [:]
        for parameter in recipe.parameters {
            let given = arguments.filter { $0.name == parameter.name }
            do throws(ArgumentProblem) {
                values[parameter.name] = try value(of: parameter, given)
            } catch {
                diagnostics.append(error.diagnostic)
            }
        }
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        return values
    }

    private func value(
        of parameter: Parameter, _ given: [Argument]
    ) throws(ArgumentProblem) -> ParameterValue? {
        guard let first = given.first else {
            guard let value = parameter.defaultValue else {
                if parameter.isRequired { throw .missing(parameter) }
                return nil
            }
            return try resolve(value, parameter, nil)
        }
        if case .list = parameter.type {
            var items: [ParameterValue] = []
            for argument in given {
                if case .list(let more)? = try value(of: parameter, argument) { items += more }
            }
            return .list(items)
        }
        guard given.count == 1 else { throw .repeated(parameter, count: given.count) }
        return try value(of: parameter, first)
    }

    private func value(
        of parameter: Parameter, _ argument: Argument
    ) throws(ArgumentProblem) -> ParameterValue? {
        guard let bytes = argument.value else {
            guard case .boolean = parameter.type else { throw .lacksValue(parameter) }
            return .boolean(true)
        }
        do throws(ValueProblem) {
            return try resolver.resolve(try ValueParser(type: parameter.type).parse(bytes))
        } catch {
            throw .value(parameter, error, given: bytes)
        }
    }

    private func resolve(
        _ value: ParameterValue, _ parameter: Parameter, _ given: [UInt8]?
    ) throws(ArgumentProblem) -> ParameterValue {
        do throws(ValueProblem) {
            return try resolver.resolve(value)
        } catch {
            throw .defaultValue(parameter, error, value)
        }
    }
}
