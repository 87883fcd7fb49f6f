import BPF
import Lowering

/// Functions that handlers share within a program: loops over a text's bytes, which are written once.
///
/// The kernel checks each once for all its calls (``ProgramCode/Function/isCheckedAlone``), so that a handler may work
/// on any number of texts. Texts are passed by their places; integers, and what a function remembers from one byte to
/// the next, lie in ``ScratchLayout/work(_:)``.
enum SharedFunction: Hashable {
    /// Two texts; returns below, at or above 0 as the first is.
    case compare
    /// A text, and where 16 bytes go that stand for it.
    case digest
    /// An address of the program instead of a place; brings its page in. From 6.0.
    case touch
    /// A text, and where a part of it goes: from work 0 on, as many bytes as work 1 says.
    case slice
    /// A text and a pattern; returns whether the text holds it.
    case contains
    /// A text, a pattern, where the result goes, and what stands there for the pattern.
    case replace
    /// A text, and where it goes in quotes: at most as many bytes as work 0 says, with ``QuoteFlag`` in work 1.
    case quote
    /// What `tokenize` was given, delimiters, and where the next token goes.
    case token
    /// A text; returns `strtol` of it to the base in work 0.
    case integer
    /// A text; returns whether the automaton takes it whose classes and first row are at works 0 and 1.
    case match
    /// A text to which a number is appended: see ``FormatFlag``.
    case number
    /// A text to which another is appended: see ``FormatFlag``.
    case field
    /// A text that becomes the character in work 0 as `%#c` writes it.
    case character
    /// A text that is to end at its first zero.
    case endAtZero
    /// A text that becomes the message of the error that was raised.
    case message

    /// How many texts it takes.
    var texts: Int {
        switch self {
        case .touch: 0
        case .integer, .match, .number, .character, .endAtZero, .message: 1
        case .compare, .digest, .slice, .contains, .quote, .field: 2
        case .token: 3
        case .replace: 4
        }
    }
}

/// Where a shared function keeps its arguments on its stack: the scratch element's key, then the places.
enum SharedFrame {
    /// The argument of a register from r1 on.
    static func argument(_ index: Int) -> Int { -8 * (index + 1) }
    static let counter = -48
}

extension HandlerCompiler {
    /// Calls a shared function with the places of texts.
    func call(_ function: SharedFunction, _ places: Int...) {
        precondition(places.count == function.texts)
        for (register, place) in zip(Self.arguments.dropFirst(), places) { code.move(register, Int64(place)) }
        call(shared: function, given: places.count)
    }

    /// Calls a shared function whose first arguments are there already, from r2 on.
    func call(shared function: SharedFunction, given: Int) {
        for register in Self.arguments.dropFirst(given + 1) { code.move(register, 0) }
        code.load(.double, .r1, .r9, ScratchLayout.slot)
        code.call(label(of: function))
    }

    private static let arguments: [Register] = [.r1, .r2, .r3, .r4, .r5]
    private static let texts: [Register] = [.r6, .r7, .r8]

    /// The label of a shared function, which is written behind the program.
    private func label(of function: SharedFunction) -> Assembler.Label {
        if let known = sharedLabels[function] { return known }
        let label = code.label()
        sharedLabels[function] = label
        pending.append { [self] in
            open(label, texts: function.texts)
            write(function)
        }
        return label
    }

    private func write(_ function: SharedFunction) {
        switch function {
        case .compare: writeCompare()
        case .digest: writeDigest()
        case .touch: writeTouch()
        case .slice: writeSlice()
        case .contains: writeContains()
        case .replace: writeReplace()
        case .quote: writeQuote()
        case .token: writeToken()
        case .integer: writeInteger()
        case .match: writeMatch()
        case .number: writeNumber()
        case .field: writeField()
        case .character: writeCharacter()
        case .endAtZero: writeEndAtZero()
        case .message: writeMessage()
        }
    }

    /// Begins a function that is checked alone: r9 is the scratch element, r6 to r8 are the first three texts.
    private func open(_ label: Assembler.Label, texts: Int) {
        code.checkAlone(label)
        code.place(label)
        for (index, register) in Self.arguments.enumerated() {
            code.store(.double, .frame, SharedFrame.argument(index), register)
        }
        for (text, argument) in zip(Self.texts.prefix(texts), Self.arguments.dropFirst()) {
            code.move(text, argument)
        }
        let (isThere, nowhere) = (code.label(), code.label())
        code.loadMap(.r1, descriptor: maps.scratch)
        code.move(.r2, .frame)
        code.compute(.add, .r2, Int32(SharedFrame.argument(0)))
        code.call(.mapLookup)
        code.jump(to: isThere, if: .r0, .notEqual, 0)
        code.place(nowhere)
        code.move(.r0, 1)
        code.exit()
        code.place(isThere)
        code.move(.r9, .r0)
        for text in Self.texts.prefix(texts) { locate(text, or: nowhere) }
    }

    /// Makes a place an address that the verifier knows to have a text behind it, and room for one more.
    func locate(_ register: Register, or nowhere: Assembler.Label) {
        code.jump(to: nowhere, if: register, .greater, .scratchSize, plus: Int32(-2 * scratch.textSize))
        code.compute(.add, register, .r9)
    }

    /// Leaves a shared function.
    func leave(with value: Int64 = 0) {
        code.move(.r0, value)
        code.exit()
    }

    /// Repeats something in a shared function, at most so often.
    ///
    /// The verifier follows each round by itself: so a number of rounds is a function that it checks once, and only
    /// the calls of that are many. This needs no help of the kernel's.
    ///
    /// - Parameters:
    ///   - rounds: The most rounds; some more may be done.
    ///   - texts: How many texts the function takes.
    ///   - round: Writes one round, which finds r6 to r9 as in the function and may use r0 to r5; gets where to go to
    ///     end the loop.
    func loop(rounds: Int, texts: Int, _ round: @escaping (Assembler.Label) -> Void) {
        let (some, next, done) = (code.label(), code.label(), code.label())
        code.store(.double, .frame, SharedFrame.counter, constant: 0)
        code.place(next)
        code.load(.double, .r1, .frame, SharedFrame.counter)
        code.jump(to: done, if: .r1, .greater, Int32(rounds) / roundsAtOnce)
        code.compute(.add, .r1, 1)
        code.store(.double, .frame, SharedFrame.counter, .r1)
        for (index, register) in Self.arguments.enumerated() {
            code.load(.double, register, .frame, SharedFrame.argument(index))
        }
        code.call(some)
        code.jump(to: next, if: .r0, .equal, 0)
        code.place(done)
        pending.append { [self] in
            let (again, end) = (code.label(), code.label())
            open(some, texts: texts)
            code.store(.double, .frame, SharedFrame.counter, constant: 0)
            code.place(again)
            round(end)
            code.load(.double, .r1, .frame, SharedFrame.counter)
            code.compute(.add, .r1, 1)
            code.store(.double, .frame, SharedFrame.counter, .r1)
            code.jump(to: again, if: .r1, .less, roundsAtOnce)
            leave()
            code.place(end)
            leave(with: 1)
        }
    }

    /// Rounds that are checked as one function: few rounds make many calls, many rounds a long function.
    private var roundsAtOnce: Int32 { scratch.textCapacity < 1024 ? 16 : 32 }

    // MARK: - What the functions have in common

    /// A register = one of the values that shared functions work with.
    func take(_ register: Register, work index: Int) {
        code.load(.double, register, .r9, ScratchLayout.work(index))
    }

    /// One of the values that shared functions work with = a register.
    func put(_ register: Register, work index: Int) {
        code.store(.double, .r9, ScratchLayout.work(index), register)
    }

    /// The same for a constant.
    func put(_ constant: Int32, work index: Int) {
        code.store(.double, .r9, ScratchLayout.work(index), constant: constant)
    }

    /// The same for a term's value that was kept.
    func put(place: Int, work index: Int) {
        code.load(.double, .r0, .r9, place)
        put(.r0, work: index)
    }

    /// A register = the byte of a text at an index, which is made known to be no more than a text's length.
    func byte(_ register: Register, of text: Register, at index: Register, or end: Assembler.Label) {
        code.jump(to: end, if: index, .greater, Int32(scratch.textCapacity))
        code.move(register, text)
        code.compute(.add, register, index)
        code.load(.byte, register, register, 8)
    }

    /// Appends r2 bytes from where r3 points to a text that a register points to, as far as there is room.
    func appendBytes(to text: Register) {
        let fits = code.label()
        code.load(.double, .r1, text, 0)
        boundLength(.r1)
        code.move(.r4, Int64(scratch.textCapacity))
        code.compute(.subtract, .r4, .r1)
        code.jump(to: fits, if: .r2, .lessOrEqual, .r4)
        code.move(.r2, .r4)
        code.place(fits)
        // The comparison of two registers does not bound r2 for older verifiers.
        boundLength(.r2)
        code.move(.r4, .r1)
        code.compute(.add, .r4, .r2)
        code.store(.double, text, 0, .r4)
        code.compute(.add, .r1, text)
        code.compute(.add, .r1, 8)
        code.call(.readKernel)
    }

    /// r3 = where bytes are that programs only read.
    func constant(_ bytes: [UInt8]) {
        let offset = constants.offset(of: bytes)
        code.loadMapValue(.r3, descriptor: maps.constants, offset: UInt32(offset))
    }
}
