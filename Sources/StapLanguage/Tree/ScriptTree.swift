public import Diagnostics

/// A parsed script, after preprocessing: the branches not taken are gone and macros are expanded.
public struct ScriptTree: Sendable, Equatable {
    /// A piece of a script's outermost level.
    public enum Item: Sendable, Equatable {
        /// `probe … { … }`.
        case probe(Probe)
        /// `probe name = … { … }`.
        case alias(ProbeAlias)
        /// `function name(…) { … }`.
        case function(FunctionDeclaration)
        /// One variable of a `global` declaration.
        case global(GlobalDeclaration)
        /// `%{ … %}`.
        case embeddedC(EmbeddedC)
    }

    /// The pieces, in the order of the source.
    public var items: [Item]

    /// Creates a tree.
    public init(items: [Item] = []) { self.items = items }

    /// The probes.
    public var probes: [Probe] { items.compactMap { if case .probe(let probe) = $0 { probe } else { nil } } }
    /// The probe aliases.
    public var aliases: [ProbeAlias] {
        items.compactMap { if case .alias(let alias) = $0 { alias } else { nil } }
    }
    /// The functions.
    public var functions: [FunctionDeclaration] {
        items.compactMap { if case .function(let function) = $0 { function } else { nil } }
    }
    /// The global variables.
    public var globals: [GlobalDeclaration] {
        items.compactMap { if case .global(let global) = $0 { global } else { nil } }
    }
}

/// C between `%{` and `%}`.
public struct EmbeddedC: Sendable, Equatable {
    /// The bytes between the marks.
    public var code: [UInt8]
    /// Where it stands, marks included.
    @Located public var range: SourceRange

    /// Creates it.
    public init(_ code: [UInt8], at range: SourceRange) {
        self.code = code
        self.range = range
    }
}

/// A global variable.
public struct GlobalDeclaration: Sendable, Equatable {
    /// What a global starts as.
    public enum InitialValue: Sendable, Equatable {
        /// A number.
        case number(Int64)
        /// A string.
        case string(StringLiteral)
    }

    /// Its name.
    public var name: Name
    /// Whether only its own file sees it.
    public var isPrivate: Bool
    /// `%`: whether a full array drops its oldest elements.
    public var wraps: Bool
    /// `[n]`: the most elements an array holds.
    public var size: Int64?
    /// `= literal`.
    public var initialValue: InitialValue?
    /// Where it stands, from its name on.
    @Located public var range: SourceRange

    /// Creates a declaration.
    public init(
        name: Name, isPrivate: Bool = false, wraps: Bool = false, size: Int64? = nil,
        initialValue: InitialValue? = nil, range: SourceRange
    ) {
        self.name = name
        self.isPrivate = isPrivate
        self.wraps = wraps
        self.size = size
        self.initialValue = initialValue
        self.range = range
    }
}

/// A function.
public struct FunctionDeclaration: Sendable, Equatable {
    /// A type that a declaration names.
    public enum ValueType: String, Sendable, Equatable {
        /// `string`.
        case string
        /// `long`.
        case long
    }

    /// A parameter.
    public struct Parameter: Sendable, Equatable {
        /// Its name.
        public var name: Name
        /// Its type, if declared.
        public var type: ValueType?

        /// Creates a parameter.
        public init(name: Name, type: ValueType? = nil) {
            self.name = name
            self.type = type
        }
    }

    /// What a function does.
    public enum Body: Sendable, Equatable {
        /// A block of statements.
        case block(Statement)
        /// Embedded C.
        case embeddedC(EmbeddedC)
    }

    /// Its name.
    public var name: Name
    /// Its parameters.
    public var parameters: [Parameter]
    /// Its result's type, if declared.
    public var resultType: ValueType?
    /// Its priority among functions of the same name, if declared.
    public var priority: Int64?
    /// Whether only its own file sees it.
    public var isPrivate: Bool
    /// What it does.
    public var body: Body
    /// Where it stands, from `function` (or `private`) to the end of its body.
    @Located public var range: SourceRange

    /// Creates a function.
    public init(
        name: Name, parameters: [Parameter], resultType: ValueType? = nil, priority: Int64? = nil,
        isPrivate: Bool = false, body: Body, range: SourceRange
    ) {
        self.name = name
        self.parameters = parameters
        self.resultType = resultType
        self.priority = priority
        self.isPrivate = isPrivate
        self.body = body
        self.range = range
    }
}
