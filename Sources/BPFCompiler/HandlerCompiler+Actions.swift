import BPF
import Diagnostics
import Interpreter
import Lowering
import StapLanguage

/// Statements.
extension HandlerCompiler {
    func emit(_ actions: [Action]) {
        for action in actions { emit(action) }
    }

    private func emit(_ action: Action) {
        switch action.kind {
        case .evaluate(let term): evaluate(term)
        case .print(let format, let arguments): print(format, arguments, at: action.range)
        case .printHistogram: report(.statistic("hist"), at: action.range)
        case .choose(let condition, let then, let otherwise):
            let no = code.label()
            branch(condition, ifFalse: no)
            emit(then)
            guard !otherwise.isEmpty else { return code.place(no) }
            let end = code.label()
            code.jump(to: end)
            code.place(no)
            emit(otherwise)
            code.place(end)
        case .loop(let condition, let step, let body):
            loop(condition, step, body, at: action.range)
        case .foreach: report(.foreach, at: action.range)
        case .attempt(let body, let error, let handler): attempt(body, error, handler, at: action.range)
        case .leave(let value):
            if let value, let result = scope.result {
                if value.type == .text {
                    copy(text(value), to: result)
                } else {
                    emit(value)
                    code.store(.double, .r9, result, .r0)
                }
            }
            code.jump(to: scope.leave)
        case .clear: report(.wholeArray, at: action.range)
        case .remove(let array, let keys): remove(array, keys, at: action.range)
        case .exitLoop: if let label = scope.exitLoop { code.jump(to: label) }
        case .nextRound: if let label = scope.nextRound { code.jump(to: label) }
        case .next:
            if scope.result != nil { report(.notYet("'next' in a function"), at: action.range) }
            code.jump(to: scope.next)
        }
    }

    /// A term whose value nobody wants.
    private func evaluate(_ term: Term) {
        switch term.kind {
        case .increment(.local(let index), let amount, _):
            code.load(.double, .r0, .r9, scope.locals[index])
            code.compute(.add, .r0, Int32(amount))
            code.store(.double, .r9, scope.locals[index], .r0)
        case .increment(let place, let amount, _) where place.isShared:
            code.move(.r0, amount)
            addAtOnce(place, at: term.range)
        case .update(let sign, let place, let value)
        where place.isShared && term.type == .integer && (sign == .add || sign == .subtract):
            emit(value)
            if sign == .subtract { code.compute(.negate, .r0, 0) }
            addAtOnce(place, at: term.range)
        case .intrinsic(let intrinsic, let arguments) where perform(intrinsic, arguments, at: term.range):
            break
        default: if term.type == .text { _ = text(term) } else { emit(term) }
        }
    }

    // MARK: - Loops

    private func loop(_ condition: Term?, _ step: Term?, _ body: [Action], at range: SourceRange) {
        if options.kernel.hasLoop {
            calledLoop(condition, step, body, at: range)
        } else {
            boundedLoop(condition, step, body, at: range)
        }
    }

    /// A loop as jumps, for kernels without `bpf_loop`.
    ///
    /// The verifier goes through every round, so that there must be a last one: a counter that it knows lies on the
    /// stack.
    private func boundedLoop(_ condition: Term?, _ step: Term?, _ body: [Action], at range: SourceRange) {
        let outer = scope
        defer {
            scope = outer
            loopDepth -= 1
        }
        loopDepth += 1
        let counter = -8 * (loopDepth + 1)
        let round = code.label()
        let goOn = code.label()
        let done = code.label()
        scope.exitLoop = done
        scope.nextRound = goOn
        code.store(.double, .frame, counter, constant: 0)
        code.place(round)
        let before = followedBranches
        countActions(body, at: range)
        if let condition { branch(condition, ifFalse: done) }
        emit(body)
        code.place(goOn)
        if let step { evaluate(step) }
        let branches = followedBranches - before + 1
        let rounds = LoopBudget.rounds(branches: branches, depth: loopDepth)
        repeatedBranches += branches * (rounds - 1)
        code.load(.double, .r1, .frame, counter)
        code.compute(.add, .r1, 1)
        code.store(.double, .frame, counter, .r1)
        code.jump(to: round, if: .r1, .less, Int32(rounds))
        code.move(.r0, Int64(rounds))
        fail(.rounds, at: range)
        code.place(done)
    }

    /// The conditional jumps that the verifier meets on its way to here.
    private var followedBranches: Int { code.branchCount + repeatedBranches }

    /// A loop as a function that the kernel calls again and again, so that it need not be unrolled to be checked.
    private func calledLoop(_ condition: Term?, _ step: Term?, _ body: [Action], at range: SourceRange) {
        let round = code.label()
        let outer = scope
        code.store(.double, .frame, -16, .r6)
        code.store(.double, .frame, -8, .r9)
        code.move(.r1, 1 << 23)
        code.loadFunction(.r2, round)
        code.move(.r3, .frame)
        code.compute(.add, .r3, -16)
        code.move(.r4, 0)
        code.call(.loop)
        takeFlow(of: outer)
        pending.append { [self] in
            let saved = scope
            defer { scope = saved }
            scope = outer
            code.place(round)
            code.load(.double, .r6, .r2, 0)
            code.load(.double, .r9, .r2, 8)
            let ends = ["exit", "leave", "next", "error"].map { _ in code.label() }
            let goOn = code.label()
            scope.exitLoop = ends[0]
            scope.leave = ends[1]
            scope.next = ends[2]
            scope.error = ends[3]
            scope.nextRound = goOn
            countActions(body, at: range)
            if let condition { branch(condition, ifFalse: ends[0]) }
            emit(body)
            code.place(goOn)
            if let step { evaluate(step) }
            code.move(.r0, 0)
            code.exit()
            for (label, flow) in zip(ends, [ScratchLayout.Flow.exitLoop, .leave, .next, .error]) {
                code.place(label)
                code.store(.double, .r9, ScratchLayout.flow, constant: flow.rawValue)
                code.move(.r0, 1)
                code.exit()
            }
        }
    }

    /// Behind a loop: goes where its body wanted to go.
    private func takeFlow(of outer: Scope) {
        let done = code.label()
        code.load(.double, .r1, .r9, ScratchLayout.flow)
        code.store(.double, .r9, ScratchLayout.flow, constant: 0)
        code.jump(to: done, if: .r1, .lessOrEqual, ScratchLayout.Flow.exitLoop.rawValue)
        code.jump(to: outer.leave, if: .r1, .equal, ScratchLayout.Flow.leave.rawValue)
        code.jump(to: outer.next, if: .r1, .equal, ScratchLayout.Flow.next.rawValue)
        code.jump(to: outer.error)
        code.place(done)
    }

    /// Takes a round's actions from what is left of MAXACTION.
    private func countActions(_ body: [Action], at range: SourceRange) {
        let enough = code.label()
        code.load(.double, .r1, .r9, ScratchLayout.actions)
        code.compute(.subtract, .r1, Int32(body.count + 1))
        code.store(.double, .r9, ScratchLayout.actions, .r1)
        code.jump(to: enough, if: .r1, .signedGreater, 0)
        code.move(.r0, 0)
        fail(.actions, at: range)
        code.place(enough)
    }

    // MARK: - Errors

    /// Raises an error; its value is in r0, where it has one.
    func fail(_ failure: RuntimeFailure, at range: SourceRange) {
        let site = sites.add(.failure(failure, range))
        code.store(.double, .r9, ScratchLayout.errorValue, .r0)
        code.store(.double, .r9, ScratchLayout.error, constant: Int32(site + 1))
        code.store(.double, .r9, ScratchLayout.errorKind, constant: failure.number)
        code.jump(to: scope.error)
    }

    private func attempt(_ body: [Action], _ error: Int?, _ handler: [Action], at range: SourceRange) {
        let (caught, end) = (code.label(), code.label())
        let outer = scope.error
        scope.error = caught
        emit(body)
        scope.error = outer
        code.jump(to: end)
        code.place(caught)
        // Nothing is left to handle MAXACTION with.
        code.load(.double, .r1, .r9, ScratchLayout.errorKind)
        code.jump(to: outer, if: .r1, .equal, RuntimeFailure.actions.number)
        code.store(.double, .r9, ScratchLayout.error, constant: 0)
        if let error { call(.message, scope.locals[error]) }
        emit(handler)
        code.place(end)
    }

    /// The error's message, as the interpreter words it.
    func writeMessage() {
        let end = code.label()
        code.store(.double, .r6, 0, constant: 0)
        for failure in RuntimeFailure.all(of: program) {
            let isOther = code.label()
            code.load(.double, .r1, .r9, ScratchLayout.errorKind)
            code.jump(to: isOther, if: .r1, .notEqual, failure.number)
            if case .script = failure {
                address(.r3, errorText)
                code.load(.double, .r2, .r3, 0)
                code.compute(.add, .r3, 8)
                appendBytes(to: .r6)
            } else {
                let phrase = failure.runtimeError(0, text: [], in: program).phrase
                say(phrase.before)
                if phrase.address != nil {
                    code.load(.double, .r0, .r9, ScratchLayout.errorValue)
                    putAddress(.r0)
                    code.load(.double, .r2, .frame, SharedFrame.argument(1))
                    call(shared: .number, given: 1)
                    say(phrase.after)
                }
            }
            code.jump(to: end)
            code.place(isOther)
        }
        code.place(end)
        leave()
    }

    /// Appends words to the text in r6.
    private func say(_ words: String) {
        guard !words.isEmpty else { return }
        constant(Array(words.utf8))
        code.move(.r2, Int64(words.utf8.count))
        appendBytes(to: .r6)
    }
}

extension RuntimeFailure {
    /// What stands for it in ``ScratchLayout/errorKind``.
    fileprivate var number: Int32 {
        switch self {
        case .division: 1
        case .actions: 2
        case .read: 3
        case .string: 4
        case .position: 5
        case .script: 6
        case .rounds: 7
        case .write: 8
        case .arrayOverflow(let array): 9 + Int32(array)
        }
    }

    /// Those that a program can meet.
    fileprivate static func all(of program: Program) -> [RuntimeFailure] {
        [.division, .read(""), .write, .string, .position, .script]
            + program.globals.indices.map { .arrayOverflow($0) }
    }
}
