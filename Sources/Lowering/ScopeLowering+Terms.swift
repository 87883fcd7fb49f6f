import DebugInfo
import Diagnostics
import Resolver
import StapLanguage

/// Expressions.
extension ScopeLowering {
    /// The term of an expression.
    func term(_ expression: Expression) -> Term {
        let range = expression.range
        func integer(_ kind: Term.Kind) -> Term { Term(kind, .integer, at: range) }
        switch expression.kind {
        case .number(let value): return integer(.number(value))
        case .string(let literal): return Term(.text(literal.bytes), .text, at: range)
        case .variable(let name): return variable(name, at: range)
        case .element(let base, let indexes): return element(base, indexes, at: range)
        case .call(let name, let arguments): return call(name, arguments, at: range)
        case .print(let call): return format(call, at: range)
        case .target(let target): return self.target(target, at: range)
        case .statistic(let sign, let operand, let parameter):
            guard let (index, keys) = statistic(operand) else { return unknown(expression) }
            return integer(.statistic(sign, of: index, keys, parameter: parameter))
        case .histogram: return unknown(expression)
        case .defined: return integer(.number(truth(expression) == true ? 1 : 0))
        case .entry(let inner):
            return savesVariables ? saved(at: range) { term(inner) } : term(inner)
        case .probeWrite: return refuse(.probeWrite, at: range)
        case .constant: return refuse(.constant, at: range)
        case .perf: return refuse(.perf, at: range)
        case .dereference, .register: return refuse(.dereference, at: range)
        case .embeddedC: return refuse(.embeddedC, at: range)
        case .unary(.plus, let operand): return term(operand)
        case .unary(let sign, let operand): return integer(.unary(sign, term(operand)))
        case .increment(let sign, let isPrefix, let operand):
            guard let place = place(operand) else { return unknown(operand) }
            let amount: Int64 = sign == .increment ? 1 : -1
            return integer(.increment(place.place, by: amount, isPrefix: isPrefix))
        case .binary(let sign, let left, let right): return binary(sign, left, right, at: range)
        case .regexMatch(let operand, let pattern, let isNegated):
            let match = integer(.matches(term(operand), pattern: builder.pattern(pattern)))
            return isNegated ? integer(.unary(.not, match)) : match
        case .membership(let indexes, let array):
            guard case .variable(let name) = array.kind, let index = global(name.text) else {
                return unknown(expression)
            }
            return integer(.contains(index, indexes.map { $0.map { term($0) } }))
        case .ternary(let condition, let then, let otherwise):
            if let value = truth(condition) { return term(value ? then : otherwise) }
            let (first, second) = (term(then), term(otherwise))
            return Term(
                .choice(term(condition), then: first, otherwise: second), first.type, at: range)
        case .assignment(let sign, let left, let right):
            return assignment(sign, left, right, at: range)
        }
    }

    func refuse(
        _ problem: LoweringProblem, _ type: ValueType = .integer, at range: SourceRange
    ) -> Term {
        builder.report(problem, at: range)
        return .zero(type, at: range)
    }

    private func unknown(_ expression: Expression) -> Term {
        refuse(.unresolvedTarget(expression.range.text), at: expression.range)
    }

    private func variable(_ name: Name, at range: SourceRange) -> Term {
        if let index = global(name.text) {
            guard case .scalar(let type) = builder.program.globals[index].shape else {
                return refuse(.unresolvedTarget(name.text), at: range)
            }
            return Term(.global(index), type, at: range)
        }
        let index = local(name.text)
        return Term(.local(index), localType(index), at: range)
    }

    private func element(_ base: Expression, _ indexes: [Expression?], at range: SourceRange) -> Term {
        if case .histogram(let operand, let shape) = base.kind, let (index, keys) = statistic(operand),
            let bucket = indexes.first ?? nil
        {
            return Term(.bucket(shape, of: index, keys, index: term(bucket)), .integer, at: range)
        }
        guard case .variable(let name) = base.kind, let array = global(name.text),
            case .array(_, .value(let type)) = builder.program.globals[array].shape
        else { return refuse(.unresolvedTarget(range.text), at: range) }
        return Term(.element(array, indexes.compactMap { $0.map { term($0) } }), type, at: range)
    }

    private func call(_ name: Name, _ arguments: [Expression], at range: SourceRange) -> Term {
        if let index = builder.function(name.text, arguments.count, from: self) {
            let key = TypePropagation.key(name.text, arguments.count)
            let result = builder.types.functions[key]?.result ?? .integer
            return Term(.call(index, arguments.map { term($0) }), result, at: range)
        }
        guard let intrinsic = Intrinsic.named(name.text) else {
            return refuse(.unknownFunction(name.text), at: name.range)
        }
        let signature = intrinsic.signature
        guard (signature.required...signature.parameters.count).contains(arguments.count) else {
            return refuse(.unknownFunction("\(name.text) with \(arguments.count) arguments"), at: name.range)
        }
        // Where a function returns, the next instruction is its caller's, which stap tells by.
        if intrinsic == .probefunc, site.isReturn, !site.isOfKernel {
            let address = Term(.intrinsic(.uaddr, []), .integer, at: range)
            return Term(.intrinsic(.usymname, [address]), .text, at: range)
        }
        let implied = intrinsic.implied(behind: arguments.count).map {
            Term(.intrinsic($0, []), $0.signature.result ?? .integer, at: range)
        }
        return Term(
            .intrinsic(intrinsic, arguments.map { term($0) } + implied), signature.result ?? .integer,
            at: range)
    }

    private func format(_ call: PrintCall, at range: SourceRange) -> Term {
        let arguments = call.arguments.map { term($0) }
        return Term(.format(call.printFormat(arguments.map(\.type)), arguments), .text, at: range)
    }

    private func binary(
        _ sign: BinaryOperator, _ left: Expression, _ right: Expression, at range: SourceRange
    ) -> Term {
        if sign == .and || sign == .or, let value = truth(left) {
            // What decides alone leaves the other side out.
            if value == (sign == .or) { return Term(.number(value ? 1 : 0), .integer, at: range) }
        }
        let (first, second) = (term(left), term(right))
        if sign == .concatenate { return Term(.concatenate(first, second), .text, at: range) }
        if first.type == .text, ![.and, .or].contains(sign) {
            return Term(.compare(sign, first, second), .integer, at: range)
        }
        return Term(.binary(sign, first, second), .integer, at: range)
    }

    // MARK: - Places

    /// What an expression that is assigned to stands for.
    private func place(_ expression: Expression) -> (place: Place, type: ValueType)? {
        switch expression.kind {
        case .variable(let name):
            if let index = global(name.text) {
                guard case .scalar(let type) = builder.program.globals[index].shape else { return nil }
                return (.global(index), type)
            }
            let index = local(name.text)
            return (.local(index), localType(index))
        case .element(let base, let indexes):
            guard case .variable(let name) = base.kind, let array = global(name.text),
                case .array(_, .value(let type)) = builder.program.globals[array].shape
            else { return nil }
            return (.element(array, indexes.compactMap { $0.map { term($0) } }), type)
        case .target(let target):
            guard let load = load(at: expression.range), let read = read(load, target, at: expression.range)
            else { return nil }
            // What a function's variables were at its entry cannot be changed where it returns.
            if site.isReturn, case .location = read.start { return nil }
            return (.memory(read), .integer)
        default: return nil
        }
    }

    private func assignment(
        _ sign: AssignmentOperator, _ left: Expression, _ right: Expression, at range: SourceRange
    ) -> Term {
        if sign == .accumulate {
            guard let (index, keys) = statistic(left) else {
                return refuse(.unresolvedTarget(left.range.text), at: range)
            }
            return Term(.accumulate(index, keys, term(right)), .integer, at: range)
        }
        guard let (place, type) = place(left) else {
            return refuse(.unresolvedTarget(left.range.text), at: left.range)
        }
        let value = term(right)
        guard let operation = sign.operation else {
            return Term(.assign(place, value), type, at: range)
        }
        return Term(.update(operation, place, value), type, at: range)
    }

    // MARK: - Target expressions

    private func target(_ target: TargetExpression, at range: SourceRange) -> Term {
        guard let load = load(at: range) else {
            return refuse(target.isText ? .contextText(range.text) : .unresolvedTarget(range.text), at: range)
        }
        if case .text(let pieces) = load.value {
            return savesVariables && pieces.contains(where: \.showsVariable)
                ? saved(at: range) { text(pieces, target, at: range) } : text(pieces, target, at: range)
        }
        return value(load, target, at: range)
    }

    /// What a load reads, as it is where the event happens, or was where the function began.
    func value(_ load: TypedLoad, _ target: TargetExpression, at range: SourceRange) -> Term {
        if case .markArgument(let argument, let binary) = load.start {
            return self.argument(argument, of: binary, at: range)
        }
        if case .eventArgument(let place) = load.start, load.steps.isEmpty {
            return .eventArgument(place, load.value, at: range)
        }
        if case .constant(let value) = load.start, load.steps.isEmpty {
            return Term(.number(value), .integer, at: range)
        }
        guard load.value != .float else { return refuse(.float(range.text), at: range) }
        guard let read = read(load, target, at: range) else {
            return refuse(.unresolvedTarget(range.text), at: range)
        }
        let term = Term(.read(read), .integer, at: range)
        // Where a function returns, its variables are those of its entry: stap(1), "context variables".
        if savesVariables, case .location = read.start { return saved(at: range) { term } }
        return term
    }

    private func read(_ load: TypedLoad, _ target: TargetExpression, at range: SourceRange) -> MemoryRead? {
        let start: MemoryRead.Start
        var steps = load.steps[...]
        // What of a structure that is in registers is read, counted in bytes from the register's lowest.
        var offsetInRegister: UInt64 = 0
        switch load.start {
        case .location(let location):
            let sum = steps.leadingOffset
            if let piece = location.piece(at: sum), piece.place != location || sum > 0 {
                start = .location(piece.place)
                steps = steps.drop { $0.isOffset }
                if piece.place.isRegister {
                    offsetInRegister = piece.offset
                } else if piece.offset > 0 {
                    steps = [.offset(piece.offset)] + steps
                }
            } else {
                start = .location(location)
            }
        case .fixed(let location, let binary):
            guard let address = location.fixedAddress else { return nil }
            start = .fixed(address: address, path: binary)
        case .constant(let value): start = .pointer(Term(.number(value), .integer, at: range))
        case .markArgument: return nil
        case .eventArgument(let place):
            // What a pointer among the arguments points to.
            guard case .dereference? = steps.first else { return nil }
            steps.removeFirst()
            start = .pointer(Term(.eventArgument(place), .integer, at: range))
        case .returnValue: start = .returnValue
        case .pointer:
            switch target.root {
            case .cast(let pointer, _, _): start = .pointer(term(pointer))
            case .expression(let expression): start = .pointer(term(expression))
            case .variable, .atVar: return nil
            }
        }
        var way: [MemoryRead.Step] = []
        for step in steps {
            switch step {
            case .offset(let bytes): way.append(.offset(bytes))
            case .dereference: way.append(.dereference)
            case .index(let place, let size):
                guard let index = target.children.first(where: { $0.range == place }) else { return nil }
                way.append(.index(term(index), size: size))
            }
        }
        let value: MemoryRead.Value
        switch load.value {
        case .integer(let size, let isSigned) where offsetInRegister > 0:
            guard steps.isEmpty, offsetInRegister + size <= 8 else { return nil }
            value = .bitField(
                offset: Int(offsetInRegister) * 8, width: Int(size) * 8, isSigned: isSigned)
        case .bitField(let offset, let width, let isSigned, _) where offsetInRegister > 0:
            guard steps.isEmpty, offsetInRegister * 8 + offset + width <= 64 else { return nil }
            value = .bitField(
                offset: Int(offsetInRegister * 8 + offset), width: Int(width), isSigned: isSigned)
        case .integer(let size, let isSigned):
            guard [1, 2, 4, 8].contains(size) else { return nil }
            value = .integer(size: Int(size), isSigned: isSigned)
        case .bitField(let offset, let width, let isSigned, _):
            value = .bitField(offset: Int(offset), width: Int(width), isSigned: isSigned)
        case .address: value = .address
        case .float, .text: return nil
        }
        var read = MemoryRead(start: start, steps: way, value: value, text: range.text)
        if case .eventArgument = load.start { read.isOfKernel = true }
        return read
    }
}

extension ArraySlice<TypedLoad.Step> {
    /// The bytes that are added before anything else is done.
    fileprivate var leadingOffset: UInt64 {
        prefix { $0.isOffset }.reduce(0) { sum, step in
            if case .offset(let bytes) = step { sum &+ bytes } else { sum }
        }
    }
}

extension TypedLoad.Step {
    fileprivate var isOffset: Bool { if case .offset = self { true } else { false } }
}

extension Term {
    /// A tracepoint's argument, which the kernel passes in 8 bytes without its sign.
    fileprivate static func eventArgument(
        _ place: Int, _ value: TypedLoad.Value, at range: SourceRange
    ) -> Term {
        let whole = Term(.eventArgument(place), .integer, at: range)
        guard case .integer(let size, isSigned: true) = value, size < 8 else { return whole }
        let shift = Term(.number(Int64(64 - size * 8)), .integer, at: range)
        let shifted = Term(.binary(.shiftLeft, whole, shift), .integer, at: range)
        return Term(.binary(.shiftRight, shifted, shift), .integer, at: range)
    }
}

extension AssignmentOperator {
    /// What it does with the old value; nil for `=` and `<<<`.
    fileprivate var operation: BinaryOperator? {
        switch self {
        case .assign, .accumulate: nil
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .shiftLeft: .shiftLeft
        case .shiftRight: .shiftRight
        case .bitAnd: .bitAnd
        case .bitXor: .bitXor
        case .bitOr: .bitOr
        case .concatenate: .concatenate
        }
    }
}
