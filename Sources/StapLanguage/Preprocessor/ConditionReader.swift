import Diagnostics

/// Reads and evaluates what stands between `%(` and `%?`: comparisons joined by `&&` and, less tightly, `||`.
struct ConditionReader {
    /// Whether the end mark `%?` has already been taken.
    private(set) var isAtEnd = false
    private var hasFailed = false

    /// The condition's value, or nil where it is malformed, which has then been reported.
    mutating func read(from expander: inout MacroExpander) -> Bool? {
        var anyHolds = false
        var allHold = true
        while true {
            guard let holds = comparison(from: &expander) else { return nil }
            allHold = allHold && holds
            let token = expander.next()
            if token.isOperator("&&") { continue }
            anyHolds = anyHolds || allHold
            allHold = true
            if token.isOperator("||") { continue }
            if token.isOperator("%?") { return anyHolds }
            return fail(
                .oneOf([.spelling("%?"), .spelling("&&"), .spelling("||")]), token, &expander)
        }
    }

    private mutating func fail<Value>(
        _ expected: SyntaxError.Expectation, _ token: Token, _ expander: inout MacroExpander
    ) -> Value? {
        isAtEnd = token.kind == .endOfFile || token.isOperator("%)")
        expander.report(.unexpected(token.found, expected: expected), at: token)
        return nil
    }

    private mutating func comparison(from expander: inout MacroExpander) -> Bool? {
        let left = expander.next()
        if let flaw = left.flaw { expander.report(flaw, at: left) }
        let facts = expander.facts
        switch (left.kind, left.text) {
        case (.identifier, "kernel_v"): return version(facts.kernelVersion, &expander)
        case (.identifier, "kernel_vr"): return version(facts.kernelRelease, &expander)
        case (.identifier, "systemtap_v"): return version(facts.systemTapVersion, &expander)
        case (.identifier, "arch"): return pattern(facts.architecture, &expander)
        case (.identifier, "runtime"): return pattern(facts.runtime, &expander)
        case (.identifier, "systemtap_privilege"):
            guard let isEqual = equality(&expander), let text = string(&expander) else { return nil }
            return (facts.privilege == text) == isEqual
        case (.identifier, "guru_mode"): return guruMode(&expander)
        case (.identifier, let name) where name.hasPrefix("CONFIG_"): return option(left, &expander)
        case (.string(let value), _):
            let comparison = expander.next()
            guard let text = string(&expander) else { return nil }
            // Byte order, as C's strings have it.
            let left = String(decoding: value, as: UTF8.self)
            let order = left == text ? 0 : (value.lexicographicallyPrecedes(Array(text.utf8)) ? -1 : 1)
            return VersionComparison.holds(order, comparison.text) ?? fail(.comparison, comparison, &expander)
        case (.number, _):
            guard let value = decimal(left, &expander) else { return nil }
            let comparison = expander.next()
            guard VersionComparison.holds(0, comparison.text) != nil else {
                return fail(.comparison, comparison, &expander)
            }
            guard let other = number(&expander) else { return nil }
            return VersionComparison.holds(value < other ? -1 : (value == other ? 0 : 1), comparison.text)
        default: return fail(.condition, left, &expander)
        }
    }

    private mutating func string(_ expander: inout MacroExpander) -> String? {
        let token = expander.next()
        guard case .string(let bytes) = token.kind else { return fail(.string, token, &expander) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func number(_ expander: inout MacroExpander) -> Int64? {
        let token = expander.next()
        guard case .number = token.kind else { return fail(.number, token, &expander) }
        return decimal(token, &expander)
    }

    /// A number as the preprocessor reads it, which is in decimal only: `010` is ten, and `0x10` is none.
    private func decimal(_ token: Token, _ expander: inout MacroExpander) -> Int64? {
        if let flaw = token.flaw {
            expander.report(flaw, at: token)
        } else if let value = Int64(token.text) {
            return value
        } else {
            expander.report(.notDecimal(token.text), at: token)
        }
        return nil
    }

    /// `==` as true, `!=` as false.
    private mutating func equality(_ expander: inout MacroExpander) -> Bool? {
        let token = expander.next()
        if token.isOperator("==") { return true }
        if token.isOperator("!=") { return false }
        return fail(.equality, token, &expander)
    }

    private mutating func version(_ value: String, _ expander: inout MacroExpander) -> Bool? {
        let comparison = expander.next()
        guard VersionComparison.holds(0, comparison.text) != nil else {
            return fail(.comparison, comparison, &expander)
        }
        guard let text = string(&expander) else { return nil }
        if VersionComparison.isPattern(text) {
            guard comparison.text == "==" || comparison.text == "!=" else {
                return fail(.equality, comparison, &expander)
            }
            return VersionComparison.matches(value, pattern: text) == (comparison.text == "==")
        }
        return VersionComparison.holds(VersionComparison.order(value, text), comparison.text)
    }

    private mutating func pattern(_ value: String, _ expander: inout MacroExpander) -> Bool? {
        guard let isEqual = equality(&expander), let text = string(&expander) else { return nil }
        return VersionComparison.matches(value, pattern: text) == isEqual
    }

    private mutating func guruMode(_ expander: inout MacroExpander) -> Bool? {
        guard let isEqual = equality(&expander) else { return nil }
        let token = expander.next()
        guard case .number = token.kind else { return fail(.number, token, &expander) }
        guard let value = decimal(token, &expander) else { return nil }
        guard value == 0 || value == 1 else {
            expander.report(.guruModeNotBoolean(value), at: token)
            return nil
        }
        return (expander.facts.guru == (value == 1)) == isEqual
    }

    private mutating func option(_ name: Token, _ expander: inout MacroExpander) -> Bool? {
        let configuration = expander.facts.configuration
        let value = configuration[name.text] ?? ""
        let comparison = expander.next()
        guard VersionComparison.holds(0, comparison.text) != nil else {
            return fail(.comparison, comparison, &expander)
        }
        let isEquality = comparison.text == "==" || comparison.text == "!="
        let operand = expander.next()
        switch operand.kind {
        case .number:
            guard let other = decimal(operand, &expander) else { return nil }
            // An option that is not set counts as 0.
            guard let number = value.isEmpty ? 0 : Lexer.number(value), let left = Int64(exactly: number)
            else {
                expander.report(.optionNotNumber(name.text), at: name)
                return nil
            }
            return VersionComparison.holds(left < other ? -1 : (left == other ? 0 : 1), comparison.text)
        case .string(let bytes):
            guard isEquality else { return fail(.equality, comparison, &expander) }
            let text = String(decoding: bytes, as: UTF8.self)
            return VersionComparison.matches(value, pattern: text) == (comparison.text == "==")
        case .identifier where operand.text.hasPrefix("CONFIG_"):
            let other = configuration[operand.text] ?? ""
            return VersionComparison.holds(
                value == other ? 0 : (value < other ? -1 : 1), comparison.text)
        default: return fail(.optionOperand, operand, &expander)
        }
    }
}
