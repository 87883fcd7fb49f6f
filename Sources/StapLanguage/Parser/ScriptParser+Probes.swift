import Diagnostics

/// Probes, aliases and probe points: stapprobes(3stap), SYNTAX.
extension ScriptParser {
    /// The most points that a probe's alternations may make.
    private static let mostPoints = 4096

    /// What follows `probe`.
    mutating func probe(_ start: SourceRange) throws(Failure) -> ScriptTree.Item {
        var names: [ProbePoint] = []
        var style: ProbeAlias.Style?
        var points: [ProbePoint] = []
        while true {
            let new = try probePoints()
            if style != .epilogue, points.isEmpty, new.count == 1, let found = aliasStyle() {
                guard new[0].suffix == nil else {
                    throw Failure(error: .aliasWithSuffix, range: new[0].range)
                }
                advance()
                names.append(new[0])
                style = found == .epilogue ? .epilogue : (style ?? .prologue)
                continue
            }
            if style == .epilogue, points.isEmpty, new.count == 1, aliasStyle() != nil {
                advance()
                names.append(new[0])
                continue
            }
            points += new
            if points.count > Self.mostPoints {
                throw Failure(error: .tooManyProbePoints(limit: Self.mostPoints), range: current.site)
            }
            if take(",") { continue }
            if current.isOperator("{") { break }
            throw unexpected(
                .oneOf(
                    [.spelling("{"), .spelling(","), .spelling(".")]
                        + (points.count == 1 && names.isEmpty ? [.spelling("="), .spelling("+=")] : [])))
        }
        let body = try block()
        guard let style else { return .probe(Probe(points: points, body: body, range: range(from: start))) }
        var epilogue: Statement?
        if current.isOperator(",") {
            if style == .epilogue { throw Failure(error: .epilogueAliasWithSecondBlock, range: current.site) }
            advance()
            epilogue = try block()
        }
        return .alias(
            ProbeAlias(
                names: names, style: style, points: points, body: body, epilogue: epilogue,
                range: range(from: start)))
    }

    private func aliasStyle() -> ProbeAlias.Style? {
        if current.isOperator("=") { return .prologue }
        return current.isOperator("+=") ? .epilogue : nil
    }

    /// One written probe point, its alternations multiplied out.
    private mutating func probePoints() throws(Failure) -> [ProbePoint] {
        let start = current.site
        var points: [ProbePoint] = [ProbePoint(components: [], range: start)]
        repeat {
            let alternatives = try component()
            if points.contains(where: { $0.suffix != nil || $0.condition != nil }) {
                throw Failure(error: .suffixBeforeEnd, range: range(from: start))
            }
            guard points.count * alternatives.count <= Self.mostPoints else {
                throw Failure(error: .tooManyProbePoints(limit: Self.mostPoints), range: range(from: start))
            }
            points = points.flatMap { point in
                alternatives.map { alternative in
                    ProbePoint(
                        components: point.components + alternative.components, suffix: alternative.suffix,
                        condition: alternative.condition, range: start)
                }
            }
        } while take(".")
        let suffix: ProbePoint.Suffix? = take("?") ? .optional : take("!") ? .sufficient : nil
        var condition: Expression?
        if takeKeyword("if") {
            try expect("(")
            condition = try expression()
            try expect(")")
        }
        let whole = range(from: start)
        for index in points.indices {
            points[index].suffix = suffix ?? points[index].suffix
            points[index].condition = condition ?? points[index].condition
            points[index].range = whole
        }
        return points
    }

    /// A component, or an alternation of probe points in braces.
    private mutating func component() throws(Failure) -> [ProbePoint] {
        let start = current.site
        if take("{") {
            var alternatives: [ProbePoint] = []
            repeat {
                alternatives += try nested { (parser) throws(Failure) in try parser.probePoints() }
            } while take(",")
            guard take("}") else { throw unexpected(.oneOf([.spelling(","), .spelling("}")])) }
            return alternatives
        }
        let name = try componentName()
        var component = ProbePoint.Component(name: name, range: start)
        if take("(") {
            if isString {
                component.argument = .string(try string())
            } else {
                guard current.isOperator("-") || current.isNumber else { throw unexpected(.literal) }
                component.argument = .number(try number())
            }
            try expect(")")
        }
        component.range = range(from: start)
        return [ProbePoint(components: [component], range: start)]
    }

    /// A name or keyword that may hold `*`; its parts stand without space between them.
    private mutating func componentName() throws(Failure) -> Name {
        let start = current.site
        guard isNamePart(current) else {
            throw unexpected(.oneOf([.identifier, .spelling("*"), .spelling("{")]))
        }
        var text = current.text
        advance()
        while isNamePart(current), isAdjacent(tokens[index - 1], current) {
            text += current.text
            advance()
        }
        return Name(text, at: range(from: start))
    }

    private func isNamePart(_ token: Token) -> Bool {
        token.isOperator("*") || (token.kind == .identifier && token.text.utf8.first != UInt8(ascii: "@"))
    }

    private func isAdjacent(_ left: Token, _ right: Token) -> Bool {
        if left.range.source === right.range.source, left.range.upper == right.range.lower { return true }
        return left.site.upper == right.site.lower
    }
}
