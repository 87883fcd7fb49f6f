public import Diagnostics

/// What the probed program's debug information must answer: a variable or typed pointer, and the way from it.
public struct TargetExpression: Sendable, Equatable {
    /// Where the way begins.
    public indirect enum Root: Sendable, Equatable {
        /// `$name`, `$$name` or `$return`, without the first `$`.
        case variable(Name)
        /// `@var("name@file", "module")`.
        case atVar(StringLiteral, module: StringLiteral?)
        /// `@cast(pointer, "type", "module")`.
        case cast(Expression, type: StringLiteral, module: StringLiteral?)
        /// A script expression whose type stap remembers.
        case expression(Expression)
    }

    /// A step of the way.
    public struct Step: Sendable, Equatable {
        /// What a step does.
        public enum Kind: Sendable, Equatable {
            /// `->name`.
            case member(String)
            /// `[index]`.
            case index(Expression)
            /// `$` (depth 1) or `$$` (depth 2) or more: prints the whole structure.
            case prettyPrint(depth: Int)
        }

        /// What it does.
        public var kind: Kind
        /// Where it stands, with its `->` or brackets.
        @Located public var range: SourceRange

        /// Creates a step.
        public init(_ kind: Kind, at range: SourceRange) {
            self.kind = kind
            self.range = range
        }
    }

    /// Where the way begins.
    public var root: Root
    /// The way.
    public var steps: [Step]
    /// `&`: whether the address rather than the value is wanted.
    public var isAddress: Bool

    /// Creates a target expression.
    public init(root: Root, steps: [Step] = [], isAddress: Bool = false) {
        self.root = root
        self.steps = steps
        self.isAddress = isAddress
    }
}

extension TargetExpression {
    /// Whether its value is a text that stap puts together: `$$vars`, `$x$`.
    public var isText: Bool {
        if case .prettyPrint? = steps.last?.kind { return true }
        if case .variable(let name) = root { return name.text.hasPrefix("$") }
        return false
    }
}
