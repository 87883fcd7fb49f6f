import BPF
import Diagnostics
import Lowering
import StapLanguage

/// Where a text is.
enum TextPlace {
    /// In the script.
    case literal([UInt8])
    /// In the scratch element: its length in 8 bytes, then its bytes.
    case place(Int)
}

/// Texts.
extension HandlerCompiler {
    /// Where a term's text is, which the next term may change where it is a variable.
    func text(_ term: Term) -> TextPlace {
        switch term.kind {
        case .text(let bytes): return .literal(Array(bytes.prefix(scratch.textCapacity)))
        case .local(let index): return .place(scope.locals[index])
        case .global(let index): return globalText(index)
        case .element(let array, let keys): return elementText(array, keys)
        case .concatenate(let left, let right): return concatenate([left, right])
        case .choice(let condition, let then, let otherwise):
            let result = scratch.text()
            let no = code.label()
            let end = code.label()
            branch(condition, ifFalse: no)
            copy(text(then), to: result)
            code.jump(to: end)
            code.place(no)
            copy(text(otherwise), to: result)
            code.place(end)
            return .place(result)
        case .assign(let place, let value):
            let source = own(value)
            writeText(place, source, at: term.range)
            return source
        case .update(_, let place, let value):
            let kept = own(value)
            let old = readText(place)
            let result = scratch.text()
            copy(old, to: result)
            append(kept, to: result)
            writeText(place, .place(result), at: term.range)
            return .place(result)
        case .call(let index, let arguments): return .place(call(index, arguments, at: term.range))
        case .intrinsic(let intrinsic, let arguments): return text(intrinsic, arguments, at: term.range)
        case .attempt(let body, let otherwise): return attempt(body, otherwise: otherwise)
        case .format(let format, let arguments): return self.format(format, arguments, at: term.range)
        case .entry(let index): return entryText(index)
        default:
            report(.notYet("this text"), at: term.range)
            return .literal([])
        }
    }

    /// The same where nothing else can change it.
    func own(_ term: Term) -> TextPlace {
        let place = text(term)
        guard case .local = term.kind else { return place }
        return own(place)
    }

    /// A copy of a text that lies in a variable.
    func own(_ source: TextPlace) -> TextPlace {
        guard case .place = source else { return source }
        let result = scratch.text()
        copy(source, to: result)
        return .place(result)
    }

    /// The address of a text's length.
    func address(_ register: Register, _ text: TextPlace, ofLength: Bool) {
        switch text {
        case .place(let place): address(register, place)
        case .literal:
            let place = scratch.text()
            copy(text, to: place)
            address(register, place)
        }
    }

    /// The place of a text, where a literal is put first.
    func placed(_ text: TextPlace) -> Int {
        if case .place(let place) = text { return place }
        let place = scratch.text()
        copy(text, to: place)
        return place
    }

    // MARK: - Copies

    /// Bytes up to which a literal is stored by instructions of its own.
    private static let longestStored = 32

    func copy(_ source: TextPlace, to place: Int) {
        switch source {
        case .literal(let bytes):
            address(.r1, place)
            code.store(.double, .r1, 0, constant: Int32(bytes.count))
            guard bytes.count > Self.longestStored else { return store(bytes, .r1, 8) }
            constant(bytes)
            code.move(.r2, Int64(bytes.count))
            code.compute(.add, .r1, 8)
            code.call(.readKernel)
        case .place(let from):
            guard from != place else { return }
            address(.r3, from)
            address(.r1, place)
            copyText()
        }
    }

    /// Copies a text from what r3 points to to what r1 points to.
    func copyText() {
        code.load(.double, .r2, .r3, 0)
        boundLength(.r2)
        code.store(.double, .r1, 0, .r2)
        code.compute(.add, .r1, 8)
        code.compute(.add, .r3, 8)
        code.call(.readKernel)
    }

    /// Makes a length known to be no more than a text's.
    func boundLength(_ register: Register) { bound(register, atMost: scratch.textCapacity) }

    /// Makes a number no more than another.
    func bound(_ register: Register, atMost greatest: Int) {
        let isBounded = code.label()
        code.jump(to: isBounded, if: register, .lessOrEqual, Int32(greatest))
        code.move(register, Int64(greatest))
        code.place(isBounded)
    }

    /// Stores bytes, filled with zeros to 8 more than they are.
    func store(_ bytes: [UInt8], _ base: Register, _ offset: Int) {
        let padded = bytes + [UInt8](repeating: 0, count: 8 - bytes.count % 8)
        for index in stride(from: 0, to: padded.count, by: 4) {
            let word = padded[index..<index + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            code.store(.word, base, offset + index, constant: Int32(bitPattern: word))
        }
    }

    /// Puts a text behind one in a place, as far as there is room.
    func append(_ source: TextPlace, to place: Int) {
        address(.r7, place)
        switch source {
        case .literal(let bytes):
            constant(bytes)
            code.move(.r2, Int64(bytes.count))
        case .place(let from):
            address(.r3, from)
            code.load(.double, .r2, .r3, 0)
            code.compute(.add, .r3, 8)
        }
        appendBytes(to: .r7)
    }

    private func concatenate(_ terms: [Term]) -> TextPlace {
        let result = scratch.text()
        let parts = terms.map { own($0) }
        for (number, part) in parts.enumerated() {
            if number == 0 { copy(part, to: result) } else { append(part, to: result) }
        }
        return .place(result)
    }

    // MARK: - Variables

    private func globalText(_ index: Int) -> TextPlace {
        let result = scratch.text()
        scalar(.r3, index)
        address(.r1, result)
        copyText()
        return .place(result)
    }

    private func readText(_ place: Place) -> TextPlace {
        switch place {
        case .local(let index): .place(scope.locals[index])
        case .global(let index): globalText(index)
        case .element(let array, let keys): elementText(array, keys)
        case .memory: .literal([])
        }
    }

    private func writeText(_ place: Place, _ source: TextPlace, at range: SourceRange) {
        switch place {
        case .local(let index): copy(source, to: scope.locals[index])
        case .global(let index):
            let from = placed(source)
            address(.r3, from)
            scalar(.r1, index)
            copyText()
        case .element(let array, let keys): setElement(array, keys, text: source, at: range)
        case .memory(let read): report(.writes(read.text), at: range)
        }
    }

    // MARK: - Comparisons

    func compare(
        _ sign: BinaryOperator, _ left: Term, _ right: Term, ifFalse no: Assembler.Label
    ) {
        let first = own(left)
        let second = text(right)
        if sign == .equal || sign == .notEqual, case .literal(let bytes) = second,
            case .place(let place) = first
        {
            let differs = code.label()
            isLiteral(place, bytes, ifNot: sign == .equal ? no : differs)
            if sign == .notEqual { code.jump(to: no) }
            return code.place(differs)
        }
        let (one, other) = (placed(first), placed(second))
        call(.compare, one, other)
        let opposite: JumpCondition =
            switch sign {
            case .equal: .notEqual
            case .notEqual: .equal
            case .less: .signedGreaterOrEqual
            case .lessOrEqual: .signedGreater
            case .greater: .signedLessOrEqual
            default: .signedLess
            }
        code.jump(to: no, if: .r0, opposite, 0)
    }

    /// Goes to a label where a text is not these bytes.
    private func isLiteral(_ place: Int, _ bytes: [UInt8], ifNot no: Assembler.Label) {
        address(.r1, place)
        code.load(.double, .r2, .r1, 0)
        code.jump(to: no, if: .r2, .notEqual, Int32(bytes.count))
        var index = 0
        while index < bytes.count {
            let size = [8, 4, 2, 1].first { index + $0 <= bytes.count } ?? 1
            let value = bytes[index..<index + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            code.load(AccessSize(bytes: size) ?? .byte, .r2, .r1, 8 + index)
            code.move(.r3, Int64(bitPattern: value))
            code.jump(to: no, if: .r2, .notEqual, .r3)
            index += size
        }
    }
}
