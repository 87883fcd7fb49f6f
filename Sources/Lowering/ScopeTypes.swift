import StapLanguage

/// The types of a handler's or function's own variables, as far as they are known.
final class ScopeTypes {
    var locals: [String: ValueType] = [:]
    /// Names of parameters, whose place in the list a call fills.
    let parameters: [String]
    var result: ValueType?

    init(parameters: [FunctionDeclaration.Parameter] = [], result: FunctionDeclaration.ValueType? = nil) {
        self.parameters = parameters.map(\.name.text)
        self.result = result.map { ValueType($0) }
        for parameter in parameters { locals[parameter.name.text] = parameter.type.map { ValueType($0) } }
    }
}

/// What is known of a global variable's shape.
struct GlobalTypes {
    /// nil for a scalar, or where nobody uses it.
    var keys: [ValueType?]?
    var value: ValueType?
    var isStatistic = false
    var histograms: [Histogram] = []
    /// The bits of `@variance`, where that is asked for.
    var varianceShift: Int64?
}

extension ValueType {
    init(_ declared: FunctionDeclaration.ValueType) { self = declared == .long ? .integer : .text }
}
