import Diagnostics
import StapLanguage

/// A variable of the script or the tapset: a global, a local of a probe or function, or a parameter.
final class ScriptVariable {
    let name: String
    let range: SourceRange
    let isGlobal: Bool
    /// Of a tapset's variable or an array's declaration that nobody has used yet, unknown.
    var arity: Int?
    /// Where the arity was first seen.
    var arityRange: SourceRange?
    var type: ValueType?
    /// Where the type was first seen.
    var typeRange: SourceRange?
    var indexTypes: [ValueType?] = []
    var indexRanges: [SourceRange?] = []
    /// `%` behind its declaration.
    var wraps = false
    /// Whether its declaration has a size, as only an array's has.
    var isSized = false
    var hasInitialValue = false

    init(_ name: String, at range: SourceRange, isGlobal: Bool = false) {
        self.name = name
        self.range = range
        self.isGlobal = isGlobal
    }
}

/// A function that some probe calls.
final class ScriptFunction {
    let declaration: FunctionDeclaration
    let isTapset: Bool
    let parameters: [ScriptVariable]
    var locals: [String: ScriptVariable] = [:]
    var localOrder: [ScriptVariable] = []
    var result: ValueType?
    /// Where the result's type was first seen.
    var resultRange: SourceRange?
    /// Its statements; nil for C code.
    var body: ScriptStep?
    /// Whether it has been met in a call, and so its body read.
    var isMet = false

    init(_ declaration: FunctionDeclaration, isTapset: Bool) {
        self.declaration = declaration
        self.isTapset = isTapset
        parameters = declaration.parameters.map { parameter in
            let variable = ScriptVariable(parameter.name.text, at: parameter.name.range)
            variable.arity = 0
            variable.type = parameter.type.map { ValueType($0) }
            return variable
        }
        result = declaration.resultType.map { ValueType($0) }
    }

    /// The C code that is its body; nil for statements.
    var code: EmbeddedC? {
        if case .embeddedC(let code) = declaration.body { code } else { nil }
    }

    /// Whether its C code says that it may be used in guru mode only.
    var isGuruOnly: Bool { code?.isTagged("guru") ?? false }
}

extension EmbeddedC {
    /// Whether the code holds a mark that stap looks for, such as `/* pure */`.
    func isTagged(_ tag: String) -> Bool {
        let mark = Array("/* \(tag) */".utf8)
        guard code.count >= mark.count else { return false }
        return (0...(code.count - mark.count)).contains { start in
            code[start] == mark[0] && code[start..<(start + mark.count)].elementsEqual(mark)
        }
    }
}

/// An expression whose names are known, on which types are inferred and dead parts are dropped.
final class ScriptNode {
    enum Kind {
        case number(Int64)
        case string([UInt8])
        case symbol(ScriptVariable)
        /// Indexes are the children; a histogram's variable is a child of its own.
        case element(ScriptVariable)
        /// `@hist_log(x)[i]`: the index, then the histogram.
        case bucket
        /// Its statistic is the child.
        case histogram(Histogram)
        case call([ScriptFunction])
        case print(ScriptPrint)
        /// Its type is known from its form; the children are only visited. Whether evaluating it has effects.
        case typed(ValueType, hasEffects: Bool)
        /// C code, whose type stap takes for granted.
        case code(ValueType, hasEffects: Bool)
        /// A read of the traced program; when it is assigned to, an effect. One of a fixed address counts as an
        /// effect too, as stap relocates it in C code that it does not call pure.
        case target(ValueType, hasEffects: Bool)
        case statistic
        case unary(UnaryOperator)
        case increment
        case arithmetic(BinaryOperator)
        case comparison(BinaryOperator)
        case logical(BinaryOperator)
        case concatenation
        case regexMatch(StringLiteral)
        case membership(ScriptVariable)
        case ternary
        case assignment(AssignmentOperator)
        /// Something that is wrong and was told: fits everywhere.
        case broken
    }

    var kind: Kind
    var children: [ScriptNode?]
    var type: ValueType?
    let range: SourceRange

    init(_ kind: Kind, _ children: [ScriptNode?] = [], type: ValueType? = nil, at range: SourceRange) {
        self.kind = kind
        self.children = children
        self.type = type
        self.range = range
    }

    /// Operands that are there.
    var operands: [ScriptNode] { children.compactMap { $0 } }
}

/// One of the printing functions.
struct ScriptPrint {
    let name: Name
    /// The conversions of its format; nil where it has none.
    let conversions: [FormatConversion]?
    /// Whether it prints, rather than returning the text.
    let isOutput: Bool
}

/// A statement whose names are known.
final class ScriptStep {
    enum Kind {
        case none
        case expression(ScriptNode)
        case block([ScriptStep])
        case `if`(ScriptNode, then: ScriptStep?, otherwise: ScriptStep?)
        case loop(initial: ScriptNode?, condition: ScriptNode?, step: ScriptNode?, body: ScriptStep?)
        case foreach(ScriptLoop, body: ScriptStep?)
        case `try`(body: ScriptStep?, error: ScriptNode?, handler: ScriptStep?)
        case `return`(ScriptNode?)
        case delete(ScriptNode)
        /// `break` or `continue`.
        case loopJump
        /// `next`.
        case next
    }

    var kind: Kind
    let range: SourceRange

    init(_ kind: Kind, at range: SourceRange) {
        self.kind = kind
        self.range = range
    }
}

/// The head of a `foreach`.
struct ScriptLoop {
    var indexes: [ScriptNode]
    var value: ScriptNode?
    /// The array; nil for a histogram.
    var array: ScriptVariable?
    var arrayRange: SourceRange
    /// The histogram.
    var histogram: ScriptNode?
    var slice: [ScriptNode?]
    /// Whether it sorts by an aggregate of the value.
    var sortsByAggregate: Bool
    var limit: ScriptNode?
}

/// A probe at one or more points whose handler means the same.
final class ScriptProbe {
    let range: SourceRange
    var locals: [String: ScriptVariable] = [:]
    var localOrder: [ScriptVariable] = []
    var body: ScriptStep?
    var conditions: [ScriptNode] = []

    init(at range: SourceRange) { self.range = range }
}
