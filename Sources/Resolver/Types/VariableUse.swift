import StapLanguage

/// What a part of a script reads and writes, with the functions that it calls.
struct VariableUse {
    private(set) var read: Set<ObjectIdentifier> = []
    private(set) var written: Set<ObjectIdentifier> = []
    /// Whether it does something besides: prints, runs C code, leaves the handler, writes to the program.
    private(set) var hasEffects = false
    private var seen: Set<ObjectIdentifier> = []

    var isSideEffectFree: Bool { written.isEmpty && !hasEffects }

    /// Whether it changes none of these variables and does nothing else.
    func isSideEffectFree(for variables: Set<ObjectIdentifier>) -> Bool {
        !hasEffects && written.isDisjoint(with: variables)
    }

    mutating func add(_ step: ScriptStep?) {
        guard let step else { return }
        switch step.kind {
        case .none: break
        case .expression(let value): add(value)
        case .block(let steps): for step in steps { add(step) }
        case .if(let condition, let then, let otherwise):
            add(condition)
            add(then)
            add(otherwise)
        case .loop(let initial, let condition, let next, let body):
            add(initial)
            add(condition)
            add(next)
            add(body)
        case .foreach(let loop, let body):
            for index in loop.indexes + (loop.value.map { [$0] } ?? []) { write(index) }
            if let array = loop.array { read.insert(ObjectIdentifier(array)) }
            add(loop.histogram)
            for index in loop.slice { add(index) }
            add(loop.limit)
            add(body)
        case .try(let body, let error, let handler):
            add(body)
            if let error { write(error) }
            add(handler)
        // What a function returns is no effect on its caller.
        case .return(let value): add(value)
        case .delete(let operand):
            write(operand)
            add(operand)
            hasEffects = true
        case .loopJump: break
        case .next: hasEffects = true
        }
    }

    mutating func add(_ node: ScriptNode?) {
        guard let node else { return }
        switch node.kind {
        case .symbol(let variable): read.insert(ObjectIdentifier(variable))
        case .element(let variable), .membership(let variable): read.insert(ObjectIdentifier(variable))
        case .print(let call): if call.isOutput { hasEffects = true }
        case .typed(_, let effects), .code(_, let effects), .target(_, let effects):
            if effects { hasEffects = true }
        case .broken: hasEffects = true
        case .call(let functions): for function in functions { add(function) }
        case .increment:
            if let operand = node.operands.first { write(operand) }
        case .assignment(let sign):
            let (left, right) = (node.children[0], node.children[1])
            if let left { write(left) }
            add(right)
            // A plain assignment does not look at what was there; the indexes of its place are read.
            if sign == .assign || sign == .accumulate {
                switch left?.kind {
                case .element?, .target?: for child in left?.children ?? [] { add(child) }
                default: break
                }
            } else {
                add(left)
            }
            return
        default: break
        }
        for child in node.children { add(child) }
    }

    private mutating func add(_ function: ScriptFunction) {
        guard seen.insert(ObjectIdentifier(function)).inserted else { return }
        if let code = function.code {
            if !code.isTagged("pure") { hasEffects = true }
            return
        }
        add(function.body)
    }

    private mutating func write(_ place: ScriptNode) {
        switch place.kind {
        case .symbol(let variable), .element(let variable): written.insert(ObjectIdentifier(variable))
        case .target: hasEffects = true
        default: break
        }
    }
}
