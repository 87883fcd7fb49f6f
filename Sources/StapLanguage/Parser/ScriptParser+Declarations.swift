import Diagnostics

/// The outermost level: functions, globals and embedded C.
extension ScriptParser {
    mutating func item() throws(Failure) -> [ScriptTree.Item] {
        let start = current
        switch (current.kind, current.text) {
        case (.identifier, "probe"):
            advance()
            return [try probe(start.site)]
        case (.identifier, "function"):
            advance()
            return [.function(try function(start.site, isPrivate: false))]
        case (.identifier, "global"):
            advance()
            return try globalList(isPrivate: false)
        case (.identifier, "private"):
            advance()
            if takeKeyword("function") { return [.function(try function(start.site, isPrivate: true))] }
            if takeKeyword("global") || (current.kind == .identifier && !current.isKeyword) {
                return try globalList(isPrivate: true)
            }
            throw unexpected(.functionOrGlobal)
        case (.embeddedC, _):
            return [.embeddedC(try embeddedC())]
        default:
            throw unexpected(.topLevel)
        }
    }

    mutating func embeddedC() throws(Failure) -> EmbeddedC {
        let token = advance()
        if !isPrivileged(token) {
            report(Failure(error: .needsGuru("embedded C"), range: token.site))
        }
        let bytes = token.range.source.bytes
        let lower = min(token.range.lower + 2, token.range.upper)
        let upper = max(token.range.upper - 2, lower)
        return EmbeddedC(Array(bytes[lower..<upper]), at: token.site)
    }

    /// Whether a token may do what only guru mode and tapsets may; a tapset's macro keeps its right wherever
    /// it is used.
    func isPrivileged(_ token: Token) -> Bool {
        options.facts.guru || options.isTapset
            || options.macros.macros.values.contains { $0.range.source === token.range.source }
    }

    private mutating func globalList(isPrivate: Bool) throws(Failure) -> [ScriptTree.Item] {
        var items: [ScriptTree.Item] = []
        repeat {
            items.append(.global(try global(isPrivate: isPrivate)))
        } while take(",")
        _ = take(";")
        return items
    }

    private mutating func global(isPrivate: Bool) throws(Failure) -> GlobalDeclaration {
        let name = try identifier()
        if let first = globals[name.text] {
            report(Failure(error: .duplicateGlobal(name.text, first: first), range: name.range))
        } else {
            globals[name.text] = name.range
        }
        var declaration = GlobalDeclaration(name: name, isPrivate: isPrivate, range: name.range)
        declaration.wraps = take("%")
        if take("[") {
            let place = current.site
            let size = try number()
            guard size > 0, size <= Int64(Int32.max) else {
                throw Failure(error: .arraySizeOutOfRange(size), range: range(from: place))
            }
            try expect("]")
            declaration.size = size
        }
        if current.isOperator("=") {
            if declaration.size != nil {
                throw Failure(error: .initializedArray(name.text), range: current.site)
            }
            advance()
            if isString {
                declaration.initialValue = .string(try string())
            } else {
                guard current.isOperator("-") || current.isNumber else { throw unexpected(.literal) }
                declaration.initialValue = .number(try number())
            }
        }
        declaration.range = range(from: name.range)
        return declaration
    }

    private mutating func function(
        _ start: SourceRange, isPrivate: Bool
    ) throws(Failure) -> FunctionDeclaration {
        // `string` and `long` are allowed as names of functions, of all keywords.
        let name =
            current.isIdentifier("string") || current.isIdentifier("long")
            ? {
                let token = advance(); return Name(token.text, at: token.site)
            }() : try identifier()
        let resultType = try take(":") ? type() : nil
        try expect("(")
        var parameters: [FunctionDeclaration.Parameter] = []
        while !take(")") {
            let parameter = try identifier()
            if let first = parameters.first(where: { $0.name == parameter }) {
                report(
                    Failure(
                        error: .duplicateParameter(parameter.text, first: first.name.range),
                        range: parameter.range))
            }
            parameters.append(.init(name: parameter, type: try take(":") ? type() : nil))
            if take(",") { continue }
            guard current.isOperator(")") else {
                throw unexpected(.oneOf([.spelling(","), .spelling(")")]))
            }
        }
        let priority = try take(":") ? priority() : nil
        let body: FunctionDeclaration.Body
        if current.kind == .embeddedC {
            body = .embeddedC(try embeddedC())
        } else {
            guard current.isOperator("{") else {
                throw unexpected(.oneOf([.spelling("{"), .spelling("%{")]))
            }
            isInFunction = true
            body = .block(try block())
            isInFunction = false
        }
        return FunctionDeclaration(
            name: name, parameters: parameters, resultType: resultType, priority: priority,
            isPrivate: isPrivate, body: body, range: range(from: start))
    }

    private mutating func priority() throws(Failure) -> Int64 {
        let place = current.site
        let value = try number()
        guard value > 0 else {
            throw Failure(error: .priorityNotPositive(value), range: range(from: place))
        }
        return value
    }

    private mutating func type() throws(Failure) -> FunctionDeclaration.ValueType {
        if takeKeyword("string") { return .string }
        if takeKeyword("long") { return .long }
        throw unexpected(.type)
    }
}

extension Token {
    var isNumber: Bool { if case .number = kind { true } else { false } }
}
