import BPF
import Diagnostics
import Lowering
import StapLanguage

/// Handlers that are left to the process: what only the event can tell is found out here and sent along.
extension HandlerCompiler {
    /// The program for a probe whose handler the process runs.
    func compileDeferred() -> Assembler {
        frame {
            if let condition = handler.condition { branch(condition, ifFalse: scope.leave) }
            sendRest(of: handler.body)
        }
        return code
    }

    /// Sends a handler's statements; what an `if` around all of them, or guards at their beginning, rule out is not sent.
    private func sendRest(of actions: [Action]) {
        if actions.count == 1, case .choose(let condition, let then, let otherwise) = actions[0].kind,
            otherwise.isEmpty, condition.isOfEvent
        {
            branch(condition, ifFalse: scope.leave)
            return sendRest(of: then)
        }
        if let condition = actions.first?.leavesIf, leaveHere(if: condition), actions.count > 1 {
            return sendRest(of: Array(actions.dropFirst()))
        }
        var captures = Captures()
        let rest = actions.map { action in action.rewritten { self.captured($0, &captures) } }
        send(rest, for: handler.locals, with: captures)
    }

    /// Leaves where a condition holds, as far as the event tells that.
    ///
    /// - Returns: Whether it tells all of it, so that the process need not look.
    private func leaveHere(if condition: Term) -> Bool {
        var isWhole = true
        for alternative in condition.alternatives {
            // Behind one that was passed over, another may not tell more than that it holds.
            guard alternative.isOfEvent, isWhole || !alternative.mayFail else {
                guard alternative.isHarmless else { return false }
                isWhole = false
                continue
            }
            let goOn = code.label()
            branch(alternative, ifFalse: goOn)
            code.jump(to: scope.leave)
            code.place(goOn)
        }
        return isWhole
    }

    /// What was found out of the event.
    struct Captures {
        /// The values that are sent, in their order.
        var values: [Value] = []
        /// Where each value's failure is among them: its site plus 1, or 0; then what it is about.
        var failures: [Int: Int] = [:]
        /// What built-in functions tell of the event, by the place of their values.
        var context: [Intrinsic: Int] = [:]
    }

    /// What stands for a term of the event; nil for one that the process can evaluate itself.
    private func captured(_ term: Term, _ captures: inout Captures) -> Term? {
        if term.writesMemory { report(.laterRead(term.range.text), at: term.range) }
        guard term.dependsOnEvent else { return nil }
        guard term.isOfEvent else {
            // A part of it may be.
            if case .read = term.kind { report(.laterRead(term.range.text), at: term.range) }
            if case .intrinsic(let intrinsic, _) = term.kind, intrinsic.signature.site == .event {
                report(.laterRead(intrinsic.rawValue), at: term.range)
            }
            return nil
        }
        if case .number = term.kind { return nil }
        guard term.mayFail else {
            captures.values.append(value(of: term))
            return Term(.captured(captures.values.count - 1), term.type, at: term.range)
        }
        // A failure counts only once the value is wanted.
        let failed = code.label()
        let done = code.label()
        let (status, about, number) = (scratch.integer(), scratch.integer(), place(term.type))
        code.store(.double, .r9, status, constant: 0)
        code.store(.double, .r9, about, constant: 0)
        let outer = scope.error
        scope.error = failed
        if term.type == .text {
            copy(text(term), to: number)
        } else {
            emit(term)
            code.store(.double, .r9, number, .r0)
        }
        scope.error = outer
        code.jump(to: done)
        code.place(failed)
        code.load(.double, .r1, .r9, ScratchLayout.error)
        code.store(.double, .r9, status, .r1)
        code.load(.double, .r1, .r9, ScratchLayout.errorValue)
        code.store(.double, .r9, about, .r1)
        clear(number, term.type)
        code.store(.double, .r9, ScratchLayout.error, constant: 0)
        code.place(done)
        captures.values += [.integer(status), .integer(about)]
        captures.values.append(term.type == .text ? .text(number) : .integer(number))
        let index = captures.values.count - 1
        captures.failures[index] = index - 2
        return Term(.captured(index), term.type, at: term.range)
    }

    /// Evaluates a term that is to be sent.
    func value(of term: Term) -> Value {
        if case .intrinsic(.kernelStack, _) = term.kind { return kernelStack() }
        if term.type == .text { return .text(placed(own(term))) }
        emit(term)
        return .integer(keep())
    }

    /// Refuses formats that show memory, which has changed when the process prints it.
    private func refuseMemory(in actions: [Action]) {
        for action in actions {
            if case .print(let format, _) = action.kind, format.showsMemory {
                report(.conversion, at: action.range)
            }
            _ = action.rewritten { term in
                if case .format(let format, _) = term.kind, format.showsMemory {
                    self.report(.conversion, at: term.range)
                }
                return nil
            }
            for body in action.kind.bodies { refuseMemory(in: body) }
        }
    }

    /// Sends statements with all that they and the functions that they call may ask of the event.
    private func send(_ actions: [Action], for locals: [LocalVariable], with captured: Captures) {
        var captures = captured
        refuseMemory(in: actions)
        for function in program.functions(calledBy: actions) {
            refuseMemory(in: program.functions[function].body)
            for action in program.functions[function].body {
                _ = action.rewritten { term in
                    if case .read = term.kind { report(.laterRead(term.range.text), at: term.range) }
                    return nil
                }
            }
        }
        let used = program.intrinsics(usedBy: actions)
        for intrinsic in Intrinsic.allCases where used.contains(intrinsic) && intrinsic.isTold {
            guard let type = intrinsic.signature.result else { continue }
            captures.values.append(value(of: Term(.intrinsic(intrinsic, []), type, at: handler.range)))
            captures.context[intrinsic] = captures.values.count - 1
        }
        if let reader = used.first(where: { $0.readsStack }), takesStack(reader, at: handler.range) {
            captures.values.append(.stack)
        }
        send(
            .handler(
                actions, locals: locals, values: captures.values.map(\.kind), failures: captures.failures,
                context: captures.context), captures.values)
    }
}

extension PrintFormat {
    /// Whether it has `%m` or `%M`.
    fileprivate var showsMemory: Bool {
        pieces.contains { piece in
            guard case .conversion(let conversion) = piece else { return false }
            return conversion.kind == .memory || conversion.kind == .hexadecimalMemory
        }
    }
}

extension Intrinsic {
    /// Whether it tells something of the event that a record's head does not, and takes no arguments.
    fileprivate var isTold: Bool {
        switch self {
        case .uid, .gid, .euid, .egid, .ppid, .execname, .pexecname, .gettimeofdaySeconds,
            .gettimeofdayMilliseconds, .gettimeofdayMicroseconds, .gettimeofdayNanoseconds, .uaddr,
            .returnval, .kernelStack:
            true
        default: false
        }
    }
}

extension Action {
    /// The condition of `if (…) next`.
    fileprivate var leavesIf: Term? {
        guard case .choose(let condition, let then, let otherwise) = kind, otherwise.isEmpty,
            then.count == 1, case .next = then[0].kind
        else { return nil }
        return condition
    }
}

extension Term {
    /// The operands of `||`, from left to right.
    fileprivate var alternatives: [Term] {
        if case .binary(.or, let left, let right) = kind {
            left.alternatives + right.alternatives
        } else {
            [self]
        }
    }

    /// Whether it can be left out if its value is not wanted: it neither changes anything nor can fail.
    fileprivate var isHarmless: Bool {
        switch kind {
        case .assign, .update, .increment, .accumulate, .call, .statistic, .bucket, .matches, .format: false
        case .intrinsic(let intrinsic, _) where intrinsic.signature.site != .event: false
        default: !mayFail && kind.terms.allSatisfy { $0.isHarmless }
        }
    }

    /// Whether it is an assignment to the traced program.
    fileprivate var writesMemory: Bool {
        switch kind {
        case .assign(.memory, _), .update(_, .memory, _), .increment(.memory, by: _, isPrefix: _): true
        default: false
        }
    }

    /// Whether something in it is known only when the event happens.
    var dependsOnEvent: Bool {
        switch kind {
        case .read, .entry, .eventArgument: true
        case .intrinsic(let intrinsic, _) where intrinsic.signature.site == .event: true
        default: kind.terms.contains { $0.dependsOnEvent }
        }
    }

    /// Whether nothing but the event tells it: no variable of the script, and nothing that only the process knows.
    var isOfEvent: Bool {
        switch kind {
        case .local, .global, .element, .contains, .assign, .update, .increment, .accumulate, .statistic,
            .bucket,
            .call, .captured, .matches:
            return false
        case .intrinsic(let intrinsic, _)
        where intrinsic.signature.site != .event && ![.target, .sessionProcess].contains(intrinsic):
            return false
        case .format: return false
        default: return kind.terms.allSatisfy { $0.isOfEvent }
        }
    }

    /// Whether its evaluation may meet an error.
    fileprivate var mayFail: Bool {
        switch kind {
        case .read: true
        case .binary(.divide, _, _), .binary(.remainder, _, _): true
        case .intrinsic(let intrinsic, _) where intrinsic.readsMemory: true
        default: kind.terms.contains { $0.mayFail }
        }
    }
}

extension Intrinsic {
    /// Whether it reads the traced program's memory.
    fileprivate var readsMemory: Bool {
        switch self {
        case .userString, .userStringWith, .userStringCount, .userStringCountWith, .userStringQuoted,
            .userStringCountQuoted, .userBufferQuoted, .longArgument, .intArgument, .unsignedArgument:
            true
        default: false
        }
    }
}
