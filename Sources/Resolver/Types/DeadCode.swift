import StapLanguage

/// Drops what stap's optimizer drops before it asks for the types of all that remains: assignments to locals that
/// nothing reads, statements without effects, branches whose condition is a constant.
///
/// A verdict depends on it: what stap drops may hold a variable whose type nothing decides.
struct DeadCode {
    private let probes: [ScriptProbe]
    private let functions: [ScriptFunction]
    private let globals: Set<ObjectIdentifier>
    private var read: Set<ObjectIdentifier> = []
    private var hasChanged = false
    /// The variables that effects on the part at hand count for.
    private var focus: Set<ObjectIdentifier> = []

    private static let mostRounds = 32

    init(_ probes: [ScriptProbe], _ functions: [ScriptFunction], globals: [ScriptVariable]) {
        self.probes = probes
        self.functions = functions
        self.globals = Set(globals.map { ObjectIdentifier($0) })
    }

    /// What everything that runs reads and writes.
    var use: VariableUse {
        var use = VariableUse()
        for probe in probes {
            use.add(probe.body)
            for condition in probe.conditions { use.add(condition) }
        }
        return use
    }

    /// One round, without constants.
    mutating func dropUnused() {
        read = use.read
        for probe in probes {
            focus = globals.union(probe.localOrder.map { ObjectIdentifier($0) })
            probe.body = probe.body.flatMap { reduced($0) }
        }
        for function in functions where !function.isTapset {
            focus = globals.union((function.localOrder + function.parameters).map { ObjectIdentifier($0) })
            function.body = function.body.flatMap { reduced($0) }
        }
    }

    /// Rounds until nothing changes, with constant branches.
    mutating func dropAll() {
        for _ in 0..<Self.mostRounds {
            hasChanged = false
            dropUnused()
            for probe in probes { probe.body.map { fold($0) } }
            for function in functions where !function.isTapset { function.body.map { fold($0) } }
            if !hasChanged { return }
        }
    }

    // MARK: - Statements

    /// A statement without what has no effect; nil where nothing is left.
    private mutating func reduced(_ step: ScriptStep) -> ScriptStep? {
        switch step.kind {
        case .none: return nil
        case .loopJump, .next, .delete: return step
        case .return(let value):
            step.kind = .return(value.map { withoutDeadStores($0) })
            return step
        case .expression(let value): return reduced(value, step)
        case .block(let steps):
            let kept = steps.compactMap { reduced($0) }
            if kept.isEmpty { return nil }
            step.kind = .block(kept)
            return step
        case .if(let condition, let then, let otherwise):
            let condition = withoutDeadStores(condition)
            let then = then.flatMap { reduced($0) }
            let otherwise = otherwise.flatMap { reduced($0) }
            if then == nil, otherwise == nil {
                hasChanged = true
                guard !Self.isSideEffectFree(condition) else { return nil }
                step.kind = .expression(condition)
            } else {
                step.kind = .if(condition, then: then, otherwise: otherwise)
            }
            return step
        case .loop(let initial, let condition, let next, let body):
            let parts = [initial, condition, next].map { part in part.map { withoutDeadStores($0) } }
            let body = body.flatMap { reduced($0) }
            if body == nil, parts.allSatisfy({ $0.map(Self.isSideEffectFree) ?? true }) {
                hasChanged = true
                return nil
            }
            step.kind = .loop(initial: parts[0], condition: parts[1], step: parts[2], body: body)
            return step
        case .foreach(let loop, let body):
            guard let body = body.flatMap({ reduced($0) }) else {
                hasChanged = true
                return nil
            }
            step.kind = .foreach(loop, body: body)
            return step
        case .try(let body, let error, let handler):
            guard let body = body.flatMap({ reduced($0) }) else {
                hasChanged = true
                return nil
            }
            let isRead = error.map { node in
                if case .symbol(let variable) = node.kind {
                    read.contains(ObjectIdentifier(variable))
                } else {
                    true
                }
            }
            step.kind = .try(
                body: body, error: isRead == true ? error : nil, handler: handler.flatMap { reduced($0) })
            return step
        }
    }

    /// An expression whose value is thrown away.
    private mutating func reduced(_ value: ScriptNode, _ step: ScriptStep) -> ScriptStep? {
        let value = withoutDeadStores(value)
        var use = VariableUse()
        use.add(value)
        if use.isSideEffectFree(for: focus) {
            hasChanged = true
            return nil
        }
        switch value.kind {
        case .arithmetic, .comparison, .concatenation, .unary, .regexMatch:
            hasChanged = true
            step.kind = .block(value.operands.map { ScriptStep(.expression($0), at: $0.range) })
        case .logical(let sign):
            hasChanged = true
            let then = ScriptStep(.expression(value.operands[1]), at: value.operands[1].range)
            var condition = value.operands[0]
            if sign == .or { condition = ScriptNode(.unary(.not), [condition], at: condition.range) }
            step.kind = .if(condition, then: then, otherwise: nil)
        case .ternary:
            hasChanged = true
            let arms = value.operands.dropFirst().map { ScriptStep(.expression($0), at: $0.range) }
            step.kind = .if(value.operands[0], then: arms[0], otherwise: arms[1])
        case .print(let call) where !call.isOutput && !value.operands.isEmpty:
            hasChanged = true
            step.kind = .block(value.operands.map { ScriptStep(.expression($0), at: $0.range) })
        default: step.kind = .expression(value)
        }
        return step
    }

    /// With `x = y` as `y` where nothing reads `x`.
    private mutating func withoutDeadStores(_ node: ScriptNode) -> ScriptNode {
        for index in node.children.indices {
            node.children[index] = node.children[index].map { withoutDeadStores($0) }
        }
        guard case .assignment(let sign) = node.kind, let left = node.children[0],
            let right = node.children[1]
        else { return node }
        let isStore = sign == .assign || sign == .accumulate
        switch left.kind {
        case .symbol(let variable) where isStore && !variable.isGlobal:
            guard !read.contains(ObjectIdentifier(variable)) else { return node }
            hasChanged = true
            return right
        default: return node
        }
    }

    private static func isSideEffectFree(_ node: ScriptNode) -> Bool {
        var use = VariableUse()
        use.add(node)
        return use.isSideEffectFree
    }

    // MARK: - Constants

    private mutating func fold(_ step: ScriptStep) {
        switch step.kind {
        case .block(let steps):
            for step in steps { fold(step) }
            // What stands behind a `next`, `return` or `break` never runs.
            let end = steps.firstIndex { step in
                switch step.kind {
                case .loopJump, .next, .return: true
                default: false
                }
            }
            if let end, end + 1 < steps.count {
                hasChanged = true
                step.kind = .block(Array(steps[...end]))
            }
        case .if(let condition, let then, let otherwise):
            let condition = folded(condition)
            then.map { fold($0) }
            otherwise.map { fold($0) }
            if case .number(let value) = condition.kind {
                hasChanged = true
                step.kind = (value != 0 ? then : otherwise)?.kind ?? .none
            } else {
                step.kind = .if(condition, then: then, otherwise: otherwise)
            }
        case .loop(let initial, let condition, let next, let body):
            let condition = condition.map { folded($0) }
            if case .number(0)? = condition?.kind {
                hasChanged = true
                step.kind = initial.map { .expression($0) } ?? .none
                return
            }
            body.map { fold($0) }
            step.kind = .loop(
                initial: initial.map { folded($0) }, condition: condition, step: next.map { folded($0) },
                body: body)
        case .foreach(_, let body): body.map { fold($0) }
        case .try(let body, _, let handler):
            body.map { fold($0) }
            handler.map { fold($0) }
        case .expression(let value): step.kind = .expression(folded(value))
        case .return(let value): step.kind = .return(value.map { folded($0) })
        case .none, .delete, .loopJump, .next: break
        }
    }

    private mutating func folded(_ node: ScriptNode) -> ScriptNode {
        for index in node.children.indices {
            node.children[index] = node.children[index].map { folded($0) }
        }
        guard let value = constant(node) else {
            if case .ternary = node.kind, case .number(let chosen)? = node.children[0]?.kind {
                hasChanged = true
                return node.operands[chosen != 0 ? 1 : 2]
            }
            return node
        }
        hasChanged = true
        return ScriptNode(.number(value), type: .long, at: node.range)
    }

    private func constant(_ node: ScriptNode) -> Int64? {
        let numbers = node.children.map { child -> Int64? in
            if case .number(let value)? = child?.kind { value } else { nil }
        }
        switch node.kind {
        case .unary(let sign):
            return numbers[0].map { value in
                switch sign {
                case .minus: 0 &- value
                case .plus: value
                case .not: value == 0 ? 1 : 0
                case .complement: ~value
                }
            }
        case .logical(let sign):
            let deciding: Bool = sign == .or
            if let left = numbers[0], (left != 0) == deciding { return deciding ? 1 : 0 }
            if let right = numbers[1], (right != 0) == deciding,
                node.children[0].map(Self.isSideEffectFree) == true
            {
                return deciding ? 1 : 0
            }
            return numbers[0] != nil && numbers[1] != nil ? (deciding ? 0 : 1) : nil
        case .comparison(let sign): return comparison(sign, node)
        case .arithmetic(let sign):
            guard let left = numbers[0], let right = numbers[1] else { return nil }
            return Self.arithmetic(sign, left, right)
        default: return nil
        }
    }

    private func comparison(_ sign: BinaryOperator, _ node: ScriptNode) -> Int64? {
        let order: Int
        switch (node.operands[0].kind, node.operands[1].kind) {
        case (.number(let left), .number(let right)): order = left < right ? -1 : left > right ? 1 : 0
        case (.string(let left), .string(let right)):
            order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        default: return nil
        }
        switch sign {
        case .equal: return order == 0 ? 1 : 0
        case .notEqual: return order != 0 ? 1 : 0
        case .less: return order < 0 ? 1 : 0
        case .lessOrEqual: return order <= 0 ? 1 : 0
        case .greater: return order > 0 ? 1 : 0
        default: return order >= 0 ? 1 : 0
        }
    }

    private static func arithmetic(_ sign: BinaryOperator, _ left: Int64, _ right: Int64) -> Int64? {
        switch sign {
        case .add: left &+ right
        case .subtract: left &- right
        case .multiply: left &* right
        case .bitAnd: left & right
        case .bitOr: left | right
        case .bitXor: left ^ right
        case .shiftLeft: left << max(min(right, 64), 0)
        case .shiftRight: left >> max(min(right, 64), 0)
        case .divide: right == 0 ? nil : left.dividedReportingOverflow(by: right).partialValue
        case .remainder: right == 0 ? nil : left.remainderReportingOverflow(dividingBy: right).partialValue
        default: nil
        }
    }
}
