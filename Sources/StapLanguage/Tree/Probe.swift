public import Diagnostics

/// A probe: where, and what to do there.
public struct Probe: Sendable, Equatable {
    /// The probe points, alternations `{a,b}` already multiplied out.
    public var points: [ProbePoint]
    /// What to do; a `.block`.
    public var body: Statement
    /// Where it stands, from `probe` to the end of its body.
    @Located public var range: SourceRange

    /// Creates a probe.
    public init(points: [ProbePoint], body: Statement, range: SourceRange) {
        self.points = points
        self.body = body
        self.range = range
    }
}

/// A new probe point name for existing probe points.
public struct ProbeAlias: Sendable, Equatable {
    /// What `=` or `+=` says of the block.
    public enum Style: String, Sendable, Equatable {
        /// `=`: runs before the probe's own handler.
        case prologue = "="
        /// `+=`: runs after it.
        case epilogue = "+="
    }

    /// The names it defines: `probe a = b = …` defines two.
    public var names: [ProbePoint]
    /// What the block is.
    public var style: Style
    /// What it stands for.
    public var points: [ProbePoint]
    /// The block; a `.block`.
    public var body: Statement
    /// The second block of `= … { … }, { … }`, which runs after the probe's own handler.
    public var epilogue: Statement?
    /// Where it stands, from `probe` to its end.
    @Located public var range: SourceRange

    /// Creates an alias.
    public init(
        names: [ProbePoint], style: Style, points: [ProbePoint], body: Statement, epilogue: Statement? = nil,
        range: SourceRange
    ) {
        self.names = names
        self.style = style
        self.points = points
        self.body = body
        self.epilogue = epilogue
        self.range = range
    }
}

/// A probe point, such as `process("/bin/x").function("main").call ?`.
public struct ProbePoint: Sendable, Equatable {
    /// How a point behaves when it is not there, or is.
    public enum Suffix: String, Sendable, Equatable {
        /// `?`: may be missing.
        case optional = "?"
        /// `!`: may be missing, and if it is there the points behind it are dropped.
        case sufficient = "!"
    }

    /// What stands between two dots.
    public struct Component: Sendable, Equatable {
        /// What stands in a component's parentheses.
        public enum Argument: Sendable, Equatable {
            /// A number.
            case number(Int64)
            /// A string.
            case string(StringLiteral)
        }

        /// Its name, which may hold `*`.
        public var name: Name
        /// Its argument, if it has one.
        public var argument: Argument?
        /// Where it stands, argument included.
        @Located public var range: SourceRange

        /// Creates a component.
        public init(name: Name, argument: Argument? = nil, range: SourceRange) {
            self.name = name
            self.argument = argument
            self.range = range
        }
    }

    /// The parts between the dots.
    public var components: [Component]
    /// `?` or `!`.
    public var suffix: Suffix?
    /// `if (…)`: the arming condition.
    public var condition: Expression?
    /// Where it stands; for one that came from an alternation, the whole of it.
    @Located public var range: SourceRange

    /// Creates a probe point.
    public init(
        components: [Component], suffix: Suffix? = nil, condition: Expression? = nil, range: SourceRange
    ) {
        self.components = components
        self.suffix = suffix
        self.condition = condition
        self.range = range
    }
}
