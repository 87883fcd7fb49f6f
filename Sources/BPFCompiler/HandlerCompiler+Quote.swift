import BPF

/// How a text is quoted, in the order of bits.
enum QuoteFlag {
    /// Between quotes.
    static let isQuoted: Int32 = 1
    /// The text is memory, which may hold zeros.
    static let isBuffer: Int32 = 2
}

/// Texts with escapes for what is not printable: `text_str` and its kin.
///
/// What comes out is the interpreter's `QuotedText`, byte for byte.
extension HandlerCompiler {
    /// What a quotation remembers.
    private enum Quote {
        /// Bytes that it may still take; at first, the most bytes that were asked for.
        static let room = 0
        /// ``QuoteFlag``.
        static let flags = 1
        /// The next byte of the text.
        static let next = 2
        /// The bytes that have been written.
        static let length = 3
        /// Where the first escape begins and ends that the three dots could cut in two; below 0 without any.
        static let escapeStart = 4
        static let escapeEnd = 5
        /// How far it is to where stap stops reading.
        static let unread = 6
        /// Whether something did not fit.
        static let isCut = 7
        /// The ninth and the tenth byte of an escape.
        static let escapeRest = 8
    }

    func writeQuote() {
        let longest = Int32(scratch.textCapacity)
        let (whole, isBounded, isEnough, plain, isText) = (
            code.label(), code.label(), code.label(), code.label(), code.label()
        )
        take(.r1, work: Quote.room)
        code.jump(to: whole, if: .r1, .signedLessOrEqual, 0)
        code.jump(to: isBounded, if: .r1, .signedLessOrEqual, longest)
        code.place(whole)
        code.move(.r1, Int64(longest))
        code.place(isBounded)
        code.move(.r2, 0)
        take(.r3, work: Quote.flags)
        code.compute(.and, .r3, QuoteFlag.isQuoted)
        code.jump(to: plain, if: .r3, .equal, 0)
        code.jump(to: isEnough, if: .r1, .signedGreaterOrEqual, 5)
        code.move(.r1, 5)
        code.place(isEnough)
        code.compute(.subtract, .r1, 2)
        code.store(.byte, .r7, 8, constant: Int32(UInt8(ascii: "\"")))
        code.move(.r2, 1)
        code.place(plain)
        put(.r1, work: Quote.room)
        put(.r2, work: Quote.length)
        put(0, work: Quote.next)
        put(-1, work: Quote.escapeStart)
        put(0, work: Quote.isCut)
        code.move(.r1, Int64(longest))
        take(.r3, work: Quote.flags)
        code.compute(.and, .r3, QuoteFlag.isBuffer)
        code.jump(to: isText, if: .r3, .equal, 0)
        code.load(.double, .r1, .r6, 0)
        code.place(isText)
        put(.r1, work: Quote.unread)
        loop(rounds: scratch.textCapacity, texts: 2) { [self] end in quoteCharacter(end) }
        closeQuote()
        leave()
    }

    /// One character of the text.
    private func quoteCharacter(_ end: Assembler.Label) {
        let (isSomething, hasRoom, isSingle, isEscaped) = (code.label(), code.label(), code.label(), code.label())
        take(.r1, work: Quote.next)
        code.load(.double, .r2, .r6, 0)
        code.jump(to: end, if: .r1, .greaterOrEqual, .r2)
        code.compute(.subtract, .r2, .r1)
        byte(.r0, of: .r6, at: .r1, or: end)
        code.move(.r3, .r6)
        code.compute(.add, .r3, .r1)
        decode()
        // r0: the character; r4: its bytes.
        code.jump(to: isSomething, if: .r0, .notEqual, 0)
        take(.r1, work: Quote.flags)
        code.compute(.and, .r1, QuoteFlag.isBuffer)
        code.jump(to: end, if: .r1, .equal, 0)
        code.place(isSomething)
        take(.r5, work: Quote.room)
        code.jump(to: hasRoom, if: .r5, .signedGreater, 0)
        code.jump(to: end, if: .r0, .equal, 0)
        put(1, work: Quote.isCut)
        code.jump(to: end)
        code.place(hasRoom)
        code.jump(to: isSingle, if: .r4, .equal, 1)
        escapeScalar()
        code.jump(to: isEscaped)
        code.place(isSingle)
        let isZero = code.label()
        code.jump(to: isZero, if: .r0, .equal, 0)
        escapeByte(quote: "\"")
        code.jump(to: isEscaped)
        code.place(isZero)
        // A zero is counted as four bytes, though it is written as two.
        code.move(.r2, Int64(UInt8(ascii: "\\")) | Int64(UInt8(ascii: "0")) << 8)
        code.move(.r3, 4)
        code.place(isEscaped)
        writeEscape(end)
    }

    /// r0 = the character at r3 of r2 bytes, and r4 = its bytes; what is no UTF-8 is a byte by itself, which is in r0
    /// at first.
    private func decode() {
        let (isSingle, isDecoded) = (code.label(), code.label())
        code.jump(to: isSingle, if: .r0, .less, 0xC0)
        for (length, end, mask, least) in [(2, 0xE0, 0x1F, 0x80), (3, 0xF0, 0x0F, 0x800), (4, 0xF8, 0x07, 0x10000)] {
            let isLonger = code.label()
            code.jump(to: isLonger, if: .r0, .greaterOrEqual, Int32(end))
            code.jump(to: isSingle, if: .r2, .less, Int32(length))
            code.move(.r5, .r0)
            code.compute(.and, .r5, Int32(mask))
            for index in 1..<length {
                code.load(.byte, .r1, .r3, 8 + index)
                code.move(.r4, .r1)
                code.compute(.and, .r4, 0xC0)
                code.jump(to: isSingle, if: .r4, .notEqual, 0x80)
                code.compute(.and, .r1, 0x3F)
                code.compute(.shiftLeft, .r5, 6)
                code.compute(.or, .r5, .r1)
            }
            code.jump(to: isSingle, if: .r5, .less, Int32(least))
            if length == 3 {
                // Halves of surrogate pairs.
                code.move(.r4, .r5)
                code.compute(.shiftRight, .r4, 11)
                code.jump(to: isSingle, if: .r4, .equal, 0xD800 >> 11)
            }
            if length == 4 { code.jump(to: isSingle, if: .r5, .greater, 0x10FFFF) }
            code.move(.r0, .r5)
            code.move(.r4, Int64(length))
            code.jump(to: isDecoded)
            code.place(isLonger)
        }
        code.place(isSingle)
        code.move(.r4, 1)
        code.place(isDecoded)
    }

    /// r2 = the bytes, the first lowest, of `\uXXXX` or the first eight of `\UXXXXXXXX` for the character in r0, and r3
    /// their number.
    private func escapeScalar() {
        let (isLong, end) = (code.label(), code.label())
        /// Puts a hexadecimal digit, counted from the lowest, at a byte of a register.
        func digit(_ number: Int, at byte: Int, of target: Register) {
            code.move(.r1, .r0)
            code.compute(.shiftRight, .r1, Int32(number * 4))
            code.compute(.and, .r1, 15)
            // 7 more for A to F.
            code.move(.r5, .r1)
            code.compute(.add, .r5, 6)
            code.compute(.shiftRight, .r5, 4)
            code.compute(.multiply, .r5, 7)
            code.compute(.add, .r1, .r5)
            code.compute(.add, .r1, Int32(UInt8(ascii: "0")))
            code.compute(.shiftLeft, .r1, Int32(byte * 8))
            code.compute(.or, target, .r1)
        }
        code.jump(to: isLong, if: .r0, .greater, 0xFFFF)
        code.move(.r2, Int64(UInt8(ascii: "\\")) | Int64(UInt8(ascii: "u")) << 8)
        for index in 0..<4 { digit(3 - index, at: 2 + index, of: .r2) }
        code.move(.r3, 6)
        code.jump(to: end)
        code.place(isLong)
        code.move(.r3, 0)
        for index in 0..<2 { digit(1 - index, at: index, of: .r3) }
        put(.r3, work: Quote.escapeRest)
        code.move(.r2, Int64(UInt8(ascii: "\\")) | Int64(UInt8(ascii: "U")) << 8)
        for index in 0..<6 { digit(7 - index, at: 2 + index, of: .r2) }
        code.move(.r3, 10)
        code.place(end)
    }

    /// r2 = the bytes, the first lowest, that stand for the byte in r0, and r3 their number; r4 is kept.
    func escapeByte(quote: Unicode.Scalar) {
        let (isMarked, isNoLetter, isOctal, end) = (code.label(), code.label(), code.label(), code.label())
        let backslash = Int32(UInt8(ascii: "\\"))
        code.jump(to: isMarked, if: .r0, .equal, Int32(UInt8(ascii: quote)))
        code.jump(to: isMarked, if: .r0, .equal, backslash)
        // From 7 on, each has a letter.
        let letters = "abtnvfr".utf8.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        code.move(.r1, .r0)
        code.compute(.subtract, .r1, 7)
        code.jump(to: isNoLetter, if: .r1, .greaterOrEqual, 7)
        code.compute(.shiftLeft, .r1, 3)
        code.move(.r2, letters)
        code.compute(.shiftRight, .r2, .r1)
        code.compute(.and, .r2, 0xFF)
        code.compute(.shiftLeft, .r2, 8)
        code.compute(.or, .r2, backslash)
        code.move(.r3, 2)
        code.jump(to: end)
        code.place(isNoLetter)
        code.move(.r1, .r0)
        code.compute(.subtract, .r1, 0x20)
        code.jump(to: isOctal, if: .r1, .greaterOrEqual, 0x7F - 0x20)
        code.move(.r2, .r0)
        code.move(.r3, 1)
        code.jump(to: end)
        code.place(isOctal)
        code.move(.r2, Int64(backslash))
        for (index, shift) in [Int32(6), 3, 0].enumerated() {
            code.move(.r1, .r0)
            code.compute(.shiftRight, .r1, shift)
            code.compute(.and, .r1, 7)
            code.compute(.add, .r1, Int32(UInt8(ascii: "0")))
            code.compute(.shiftLeft, .r1, Int32(8 + index * 8))
            code.compute(.or, .r2, .r1)
        }
        code.move(.r3, 4)
        code.jump(to: end)
        code.place(isMarked)
        code.move(.r2, .r0)
        code.compute(.shiftLeft, .r2, 8)
        code.compute(.or, .r2, backslash)
        code.move(.r3, 2)
        code.place(end)
    }

    /// Writes the r3 bytes in r2 for the character in r0, which takes r4 bytes of the text, where they fit.
    private func writeEscape(_ end: Assembler.Label) {
        let (isKnown, fits, isShort, isCounted) = (code.label(), code.label(), code.label(), code.label())
        take(.r1, work: Quote.next)
        code.compute(.add, .r1, .r4)
        put(.r1, work: Quote.next)
        take(.r1, work: Quote.unread)
        code.compute(.subtract, .r1, .r4)
        put(.r1, work: Quote.unread)
        take(.r1, work: Quote.length)
        take(.r5, work: Quote.room)
        code.jump(to: fits, if: .r3, .equal, 1)
        take(.r4, work: Quote.escapeStart)
        code.jump(to: isKnown, if: .r4, .signedGreaterOrEqual, 0)
        code.move(.r4, .r5)
        code.compute(.subtract, .r4, 3)
        code.jump(to: isKnown, if: .r4, .signedGreaterOrEqual, .r3)
        put(.r1, work: Quote.escapeStart)
        code.move(.r4, .r1)
        code.compute(.add, .r4, .r3)
        put(.r4, work: Quote.escapeEnd)
        code.place(isKnown)
        code.jump(to: fits, if: .r5, .signedGreaterOrEqual, .r3)
        code.jump(to: end, if: .r0, .equal, 0)
        take(.r4, work: Quote.unread)
        code.jump(to: end, if: .r4, .signedLessOrEqual, 0)
        put(1, work: Quote.isCut)
        code.jump(to: end)
        code.place(fits)
        code.jump(to: end, if: .r1, .greater, Int32(scratch.textCapacity))
        code.compute(.subtract, .r5, .r3)
        put(.r5, work: Quote.room)
        code.move(.r4, .r7)
        code.compute(.add, .r4, .r1)
        code.store(.double, .r4, 8, .r2)
        code.jump(to: isShort, if: .r3, .lessOrEqual, 8)
        take(.r2, work: Quote.escapeRest)
        code.store(.half, .r4, 16, .r2)
        code.place(isShort)
        code.jump(to: isCounted, if: .r0, .notEqual, 0)
        code.move(.r3, 2)
        code.place(isCounted)
        code.compute(.add, .r1, .r3)
        put(.r1, work: Quote.length)
    }

    /// Writes the quotes behind the text, and the dots of one that was cut, in whose place no half escape is left.
    private func closeQuote() {
        let (isWhole, plain, dots, end) = (code.label(), code.label(), code.label(), code.label())
        take(.r1, work: Quote.length)
        boundLength(.r1)
        take(.r2, work: Quote.flags)
        code.compute(.and, .r2, QuoteFlag.isQuoted)
        code.jump(to: end, if: .r2, .equal, 0)
        take(.r2, work: Quote.isCut)
        code.jump(to: isWhole, if: .r2, .equal, 0)
        take(.r3, work: Quote.room)
        code.compute(.add, .r3, .r1)
        code.compute(.subtract, .r3, 3)
        take(.r4, work: Quote.escapeStart)
        code.jump(to: plain, if: .r4, .signedLess, 0)
        code.jump(to: plain, if: .r4, .signedGreaterOrEqual, .r3)
        take(.r5, work: Quote.escapeEnd)
        code.jump(to: plain, if: .r3, .signedGreaterOrEqual, .r5)
        code.move(.r1, .r4)
        code.jump(to: dots)
        code.place(plain)
        code.jump(to: dots, if: .r1, .signedLessOrEqual, .r3)
        code.move(.r1, .r3)
        code.place(dots)
        boundLength(.r1)
        code.move(.r4, .r7)
        code.compute(.add, .r4, .r1)
        store(Array("\"...".utf8), .r4, 8)
        code.compute(.add, .r1, 4)
        code.jump(to: end)
        code.place(isWhole)
        code.move(.r4, .r7)
        code.compute(.add, .r4, .r1)
        code.store(.byte, .r4, 8, constant: Int32(UInt8(ascii: "\"")))
        code.compute(.add, .r1, 1)
        code.place(end)
        boundLength(.r1)
        code.store(.double, .r7, 0, .r1)
    }

    // MARK: - At a call

    /// Quotes a text, with at most as many bytes as a place says.
    func quote(_ source: Int, limit: Int? = nil, flags: Int32, into result: Int) {
        put(flags, work: Quote.flags)
        if let limit { put(place: limit, work: Quote.room) } else { put(0, work: Quote.room) }
        call(.quote, source, result)
    }

    /// `text_strn`: in quotes where a place does not hold 0.
    func quote(_ source: Int, limit: Int, isQuotedAt isQuoted: Int, into result: Int) {
        let isPlain = code.label()
        code.load(.double, .r0, .r9, isQuoted)
        code.jump(to: isPlain, if: .r0, .equal, 0)
        code.move(.r0, Int64(QuoteFlag.isQuoted))
        code.place(isPlain)
        put(.r0, work: Quote.flags)
        put(place: limit, work: Quote.room)
        call(.quote, source, result)
    }
}
