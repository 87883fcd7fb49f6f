import BPF
import Diagnostics
import Lowering
import StapLanguage

/// Integers.
extension HandlerCompiler {
    /// Leaves an integer in r0.
    func emit(_ term: Term) {
        switch term.kind {
        case .number(let value): code.move(.r0, value)
        case .local(let index): code.load(.double, .r0, .r9, scope.locals[index])
        case .global(let index):
            scalar(.r1, index)
            code.load(.double, .r0, .r1, 0)
        case .element(let array, let keys): element(array, keys)
        case .unary(let sign, let operand): unary(sign, operand)
        case .binary(let sign, let left, let right): binary(sign, left, right, at: term.range)
        case .compare, .matches, .contains: truth(term)
        case .choice(let condition, let then, let otherwise):
            let no = code.label()
            let end = code.label()
            branch(condition, ifFalse: no)
            emit(then)
            code.jump(to: end)
            code.place(no)
            emit(otherwise)
            code.place(end)
        case .assign(let place, let value): assign(place, value, at: term.range)
        case .update(let sign, let place, let value): update(sign, place, value, at: term.range)
        case .increment(let place, let amount, let isPrefix)
        where place.isShared && options.kernel.hasExchange:
            code.move(.r0, amount)
            addAtOnce(place, wantsOld: true, at: term.range)
            if isPrefix { code.compute(.add, .r0, Int32(amount)) }
        case .increment(let place, let amount, let isPrefix):
            read(place, at: term.range)
            let old = keep()
            code.compute(.add, .r0, Int32(amount))
            let new = keep()
            write(place, from: new, at: term.range)
            code.load(.double, .r0, .r9, isPrefix ? new : old)
        case .accumulate(let index, let keys, let value): accumulate(index, keys, value, at: term.range)
        case .statistic(let sign, _, _, _): report(.statistic(sign.rawValue), at: term.range)
        case .bucket: report(.statistic("hist"), at: term.range)
        case .call(let index, let arguments): call(index, arguments, at: term.range)
        case .intrinsic(let intrinsic, let arguments): integer(intrinsic, arguments, at: term.range)
        case .read(let read): emit(read, at: term.range)
        case .entry(let index): entry(index)
        case .eventArgument(let index): code.load(.double, .r0, .r6, index * 8)
        case .captured: preconditionFailure("what is captured is the process's")
        case .text, .concatenate, .format, .attempt: preconditionFailure("a text is not an integer")
        }
    }

    /// The address of a scalar global variable.
    func scalar(_ register: Register, _ index: Int) {
        code.loadMapValue(register, descriptor: maps.scalars, offset: UInt32(store.scalars[index] ?? 0))
    }

    /// Two integers: the left in r0, the right in r1.
    private func pair(_ left: Term, _ right: Term) {
        if case .number(let value) = right.kind {
            emit(left)
            return code.move(.r1, value)
        }
        if case .local(let index) = right.kind, !left.hasEffects {
            emit(left)
            return code.load(.double, .r1, .r9, scope.locals[index])
        }
        emit(left)
        let first = keep()
        emit(right)
        code.move(.r1, .r0)
        code.load(.double, .r0, .r9, first)
    }

    private func unary(_ sign: UnaryOperator, _ operand: Term) {
        switch sign {
        case .plus: emit(operand)
        case .minus:
            emit(operand)
            code.compute(.negate, .r0, 0)
        case .complement:
            emit(operand)
            code.compute(.xor, .r0, -1)
        case .not: truth(Term(.unary(.not, operand), .integer, at: operand.range))
        }
    }

    private func binary(_ sign: BinaryOperator, _ left: Term, _ right: Term, at range: SourceRange) {
        switch sign {
        case .and, .or, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            truth(Term(.binary(sign, left, right), .integer, at: range))
        default:
            pair(left, right)
            compute(sign, at: right.operatorRange(in: range))
        }
    }

    /// r0 = r0 ∘ r1.
    private func compute(_ sign: BinaryOperator, at range: SourceRange) {
        switch sign {
        case .add: code.compute(.add, .r0, .r1)
        case .subtract: code.compute(.subtract, .r0, .r1)
        case .multiply: code.compute(.multiply, .r0, .r1)
        case .bitAnd: code.compute(.and, .r0, .r1)
        case .bitOr: code.compute(.or, .r0, .r1)
        case .bitXor: code.compute(.xor, .r0, .r1)
        case .shiftLeft: code.compute(.shiftLeft, .r0, .r1)
        case .shiftRight: code.compute(.arithmeticShiftRight, .r0, .r1)
        case .shiftRightLogical: code.compute(.shiftRight, .r0, .r1)
        case .divide, .remainder: divide(sign, at: range)
        case .and, .or, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .concatenate:
            preconditionFailure("not arithmetic")
        }
    }

    /// BPF divides without sign before 6.6.
    private func divide(_ sign: BinaryOperator, at range: SourceRange) {
        let isNotZero = code.label()
        code.jump(to: isNotZero, if: .r1, .notEqual, 0)
        fail(.division, at: range)
        code.place(isNotZero)
        // The signs: of the quotient both count, of the remainder the dividend's.
        code.move(.r2, .r0)
        if sign == .divide { code.compute(.xor, .r2, .r1) }
        for register in [Register.r0, .r1] {
            let isPositive = code.label()
            code.jump(to: isPositive, if: register, .signedGreaterOrEqual, 0)
            code.compute(.negate, register, 0)
            code.place(isPositive)
        }
        code.compute(sign == .divide ? .divide : .remainder, .r0, .r1)
        let isPositive = code.label()
        code.jump(to: isPositive, if: .r2, .signedGreaterOrEqual, 0)
        code.compute(.negate, .r0, 0)
        code.place(isPositive)
    }

    // MARK: - Conditions

    /// A condition as 1 or 0 in r0.
    private func truth(_ term: Term) {
        let no = code.label()
        let end = code.label()
        branch(term, ifFalse: no)
        code.move(.r0, 1)
        code.jump(to: end)
        code.place(no)
        code.move(.r0, 0)
        code.place(end)
    }

    /// Goes to a label where a condition does not hold.
    func branch(_ term: Term, ifFalse no: Assembler.Label) {
        switch term.kind {
        case .number(let value): if value == 0 { code.jump(to: no) }
        case .unary(.not, let operand):
            let yes = code.label()
            branch(operand, ifFalse: yes)
            code.jump(to: no)
            code.place(yes)
        case .binary(.and, let left, let right):
            branch(left, ifFalse: no)
            branch(right, ifFalse: no)
        case .binary(.or, let left, let right):
            let second = code.label()
            let yes = code.label()
            branch(left, ifFalse: second)
            code.jump(to: yes)
            code.place(second)
            branch(right, ifFalse: no)
            code.place(yes)
        case .binary(let sign, let left, let right):
            guard let opposite = sign.opposite else { return branchOnValue(term, no) }
            if case .number(let value) = right.kind, let short = Int32(exactly: value) {
                emit(left)
                return code.jump(to: no, if: .r0, opposite, short)
            }
            pair(left, right)
            code.jump(to: no, if: .r0, opposite, .r1)
        case .compare(let sign, let left, let right): compare(sign, left, right, ifFalse: no)
        case .matches(let operand, let pattern): match(operand, pattern, ifFalse: no, at: term.range)
        case .contains(let array, let keys): contains(array, keys, ifFalse: no, at: term.range)
        default: branchOnValue(term, no)
        }
    }

    private func branchOnValue(_ term: Term, _ no: Assembler.Label) {
        if term.type == .text {
            // A string holds where it is not empty.
            address(.r1, text(term), ofLength: true)
            code.load(.double, .r0, .r1, 0)
        } else {
            emit(term)
        }
        code.jump(to: no, if: .r0, .equal, 0)
    }

    // MARK: - Places

    private func assign(_ place: Place, _ value: Term, at range: SourceRange) {
        emit(value)
        if case .local(let index) = place { return code.store(.double, .r9, scope.locals[index], .r0) }
        let kept = keep()
        write(place, from: kept, at: range)
        code.load(.double, .r0, .r9, kept)
    }

    private func update(_ sign: BinaryOperator, _ place: Place, _ value: Term, at range: SourceRange) {
        emit(value)
        if case .local(let index) = place {
            code.move(.r1, .r0)
            code.load(.double, .r0, .r9, scope.locals[index])
            compute(sign, at: value.operatorRange(in: range))
            return code.store(.double, .r9, scope.locals[index], .r0)
        }
        let right = keep()
        read(place, at: range)
        code.load(.double, .r1, .r9, right)
        compute(sign, at: value.operatorRange(in: range))
        let kept = keep()
        write(place, from: kept, at: range)
        code.load(.double, .r0, .r9, kept)
    }

    /// Leaves an integer's present value in r0.
    private func read(_ place: Place, at range: SourceRange) {
        switch place {
        case .local(let index): code.load(.double, .r0, .r9, scope.locals[index])
        case .global(let index): emit(Term(.global(index), .integer, at: range))
        case .element(let array, let keys): element(array, keys)
        case .memory(let read): emit(read, at: range)
        }
    }

    /// Puts the integer at `kept` into a place.
    private func write(_ place: Place, from kept: Int, at range: SourceRange) {
        switch place {
        case .local(let index):
            code.load(.double, .r0, .r9, kept)
            code.store(.double, .r9, scope.locals[index], .r0)
        case .global(let index):
            scalar(.r1, index)
            code.load(.double, .r0, .r9, kept)
            code.store(.double, .r1, 0, .r0)
        case .element(let array, let keys): setElement(array, keys, integer: kept, at: range)
        case .memory(let read): write(read, from: kept, at: range)
        }
    }

    /// Adds r0 to a global variable or an element, at once for all processors; where it is wanted, r0 becomes what was
    /// there before (from 5.12).
    func addAtOnce(_ place: Place, wantsOld: Bool = false, at range: SourceRange) {
        switch place {
        case .global(let index):
            scalar(.r1, index)
            if wantsOld { code.atomicFetchAdd(.r1, 0, .r0) } else { code.atomicAdd(.r1, 0, .r0) }
        case .element(let array, let keys): addToElement(array, keys, wantsOld: wantsOld, at: range)
        case .local, .memory: preconditionFailure("it is shared with nobody, or by the program alone")
        }
    }

    // MARK: - Calls

    private func entry(_ index: Int) {
        savedValue(index) {
            code.move(.r0, 0)
        } found: {
            code.load(.double, .r0, .r0, $0)
        }
    }

    /// The text that was saved at the function's entry.
    func entryText(_ index: Int) -> TextPlace {
        let result = scratch.text()
        savedValue(index) {
            clear(result, .text)
        } found: { offset in
            code.move(.r3, .r0)
            code.compute(.add, .r3, Int32(offset))
            address(.r1, result)
            copyText()
        }
        return .place(result)
    }

    /// Looks for what the function's entry saved; r0 is the address of its element where that is found.
    private func savedValue(_ index: Int, missing: () -> Void, found: (_ offset: Int) -> Void) {
        let key = scratch.block(RuntimeMaps.entryKeySize)
        let (isFound, end) = (code.label(), code.label())
        entryKey(key)
        mapCall(.mapLookup, maps.entries, key: key)
        code.jump(to: isFound, if: .r0, .notEqual, 0)
        missing()
        code.jump(to: end)
        code.place(isFound)
        found(entryLayout.offset(of: index, among: handler.entries))
        code.place(end)
    }

    /// Calls a function of the script; an integer result is in r0, a text at the returned place.
    @discardableResult
    func call(_ index: Int, _ arguments: [Term], at range: SourceRange) -> Int {
        let function = program.functions[index]
        guard !callStack.contains(index) else {
            report(.recursion(function.name), at: range)
            return 0
        }
        let compiled = functionCode(index)
        // All arguments first: one may be a call of the same function.
        let values = arguments.map { argument -> TextPlace in
            if argument.type == .text { return own(text(argument)) }
            emit(argument)
            return .place(keep())
        }
        for (number, value) in values.enumerated() {
            let place = compiled.locals[number]
            if function.locals[number].type == .text {
                copy(value, to: place)
            } else if case .place(let kept) = value {
                code.load(.double, .r0, .r9, kept)
                code.store(.double, .r9, place, .r0)
            }
        }
        code.move(.r1, .r6)
        code.move(.r2, .r9)
        code.call(compiled.label)
        code.load(.double, .r0, .r9, ScratchLayout.error)
        code.jump(to: scope.error, if: .r0, .notEqual, 0)
        if function.result == .text {
            let result = scratch.text()
            copy(.place(compiled.result), to: result)
            return result
        }
        code.load(.double, .r0, .r9, compiled.result)
        return 0
    }

    private func functionCode(_ index: Int) -> FunctionCode {
        if let known = functions[index] { return known }
        let function = program.functions[index]
        let made = FunctionCode(
            label: code.label(), locals: function.locals.map { place($0.type) },
            result: place(function.result ?? .integer))
        functions[index] = made
        let callers = callStack + [index]
        pending.append { [self] in
            let (savedScope, savedCallers) = (scope, callStack)
            defer { (scope, callStack) = (savedScope, savedCallers) }
            callStack = callers
            let end = code.label()
            scope = Scope(
                locals: made.locals, types: function.locals.map(\.type), result: made.result, leave: end,
                next: end, error: end)
            code.place(made.label)
            code.move(.r6, .r1)
            code.move(.r9, .r2)
            for (number, local) in function.locals.enumerated().dropFirst(function.parameterCount) {
                clear(made.locals[number], local.type)
            }
            clear(made.result, function.result ?? .integer)
            emit(function.body)
            code.place(end)
            code.move(.r0, 0)
            code.exit()
        }
        return made
    }
}

extension BinaryOperator {
    /// The jump that a comparison's failure takes; nil for what is not a comparison.
    fileprivate var opposite: JumpCondition? {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .signedGreaterOrEqual
        case .lessOrEqual: .signedGreater
        case .greater: .signedLessOrEqual
        case .greaterOrEqual: .signedLess
        default: nil
        }
    }
}

extension Place {
    /// Whether handlers on other processors use it, too.
    var isShared: Bool {
        switch self {
        case .global, .element: true
        case .local, .memory: false
        }
    }
}

extension Term {
    /// Whether evaluating it may change a variable.
    var hasEffects: Bool {
        switch kind {
        case .number, .text, .local, .global, .read, .entry, .eventArgument: false
        case .unary(_, let operand), .matches(let operand, _): operand.hasEffects
        case .binary(_, let left, let right), .compare(_, let left, let right),
            .concatenate(let left, let right):
            left.hasEffects || right.hasEffects
        case .element(_, let keys): keys.contains { $0.hasEffects }
        case .choice(let condition, let then, let otherwise):
            condition.hasEffects || then.hasEffects || otherwise.hasEffects
        case .intrinsic(_, let arguments), .format(_, let arguments): arguments.contains { $0.hasEffects }
        default: true
        }
    }
}
