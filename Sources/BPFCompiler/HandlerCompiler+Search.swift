import BPF

/// Parts of texts, and texts in texts: `substr`, `isinstr`, `str_replace`, `tokenize`.
extension HandlerCompiler {
    func writeSlice() {
        let (end, isShort) = (code.label(), code.label())
        code.store(.double, .r7, 0, constant: 0)
        take(.r1, work: 0)
        take(.r2, work: 1)
        code.load(.double, .r3, .r6, 0)
        code.jump(to: end, if: .r1, .greaterOrEqual, .r3)
        code.jump(to: end, if: .r2, .signedLessOrEqual, 0)
        // stap adds 1 to the length, which then is below 0.
        code.move(.r4, Int64.max)
        code.jump(to: end, if: .r2, .equal, .r4)
        code.compute(.subtract, .r3, .r1)
        code.jump(to: isShort, if: .r2, .lessOrEqual, .r3)
        code.move(.r2, .r3)
        code.place(isShort)
        append(from: .r1, to: .r7)
        code.place(end)
        leave()
    }

    /// Appends r2 bytes of the text in r6, from a place in it on.
    private func append(from start: Register, to text: Register) {
        boundLength(start)
        code.move(.r3, .r6)
        code.compute(.add, .r3, start)
        code.compute(.add, .r3, 8)
        appendBytes(to: text)
    }

    // MARK: - Search

    // A search is linear in both texts, as D. E. Knuth, J. H. Morris and V. R. Pratt found ("Fast pattern matching in
    // strings", 1977): for each length of the pattern's beginning, a table says how much of it stands at its end again,
    // so that no byte of the text is read anew.

    /// r1 = the entry of the table for a length, where there is one.
    private func entry(_ length: Register, or end: Assembler.Label) {
        code.jump(to: end, if: length, .greater, Int32(scratch.textCapacity + 1))
        code.move(.r1, length)
        code.compute(.shiftLeft, .r1, 1)
        code.compute(.add, .r1, .r9)
        code.compute(.add, .r1, Int32(searchTable))
    }

    /// Fills the table for the pattern in r7; works 0 and 1 are the length that stands again and the next place.
    private func fillSearchTable(texts: Int) {
        put(0, work: 0)
        put(1, work: 1)
        code.move(.r2, 1)
        let end = code.label()
        entry(.r2, or: end)
        code.store(.half, .r1, 0, constant: 0)
        code.place(end)
        loop(rounds: 2 * scratch.textCapacity, texts: texts) { [self] end in
            let (mismatch, advance, done) = (code.label(), code.label(), code.label())
            take(.r2, work: 1)
            take(.r4, work: 0)
            code.load(.double, .r1, .r7, 0)
            code.jump(to: end, if: .r2, .greaterOrEqual, .r1)
            byte(.r3, of: .r7, at: .r2, or: end)
            byte(.r5, of: .r7, at: .r4, or: end)
            code.jump(to: mismatch, if: .r3, .notEqual, .r5)
            code.compute(.add, .r4, 1)
            code.place(advance)
            code.compute(.add, .r2, 1)
            put(.r2, work: 1)
            put(.r4, work: 0)
            entry(.r2, or: end)
            code.store(.half, .r1, 0, .r4)
            code.jump(to: done)
            code.place(mismatch)
            code.jump(to: advance, if: .r4, .equal, 0)
            entry(.r4, or: end)
            code.load(.half, .r4, .r1, 0)
            put(.r4, work: 0)
            code.place(done)
        }
    }

    /// Searches the text in r6 for the pattern in r7; works 2 and 3 are the place in the one and in the other.
    ///
    /// - Parameter found: What is done behind each place where it is; sets work 3.
    private func search(texts: Int, found: @escaping (Assembler.Label) -> Void) {
        fillSearchTable(texts: texts)
        put(0, work: 2)
        put(0, work: 3)
        // Each round takes a byte, gives up some of the pattern, or finds it.
        loop(rounds: 3 * scratch.textCapacity + 1, texts: texts) { [self] end in
            let (whole, differ, next, done) = (code.label(), code.label(), code.label(), code.label())
            take(.r4, work: 3)
            code.load(.double, .r1, .r7, 0)
            code.jump(to: whole, if: .r4, .greaterOrEqual, .r1)
            take(.r2, work: 2)
            code.load(.double, .r1, .r6, 0)
            code.jump(to: end, if: .r2, .greaterOrEqual, .r1)
            byte(.r3, of: .r6, at: .r2, or: end)
            byte(.r5, of: .r7, at: .r4, or: end)
            code.jump(to: differ, if: .r3, .notEqual, .r5)
            code.compute(.add, .r4, 1)
            code.place(next)
            code.compute(.add, .r2, 1)
            put(.r2, work: 2)
            put(.r4, work: 3)
            code.jump(to: done)
            code.place(differ)
            code.jump(to: next, if: .r4, .equal, 0)
            entry(.r4, or: end)
            code.load(.half, .r4, .r1, 0)
            put(.r4, work: 3)
            code.jump(to: done)
            code.place(whole)
            found(end)
            code.place(done)
        }
    }

    func writeContains() {
        put(0, work: 4)
        search(texts: 2) { [self] end in
            put(1, work: 4)
            code.jump(to: end)
        }
        take(.r0, work: 4)
        code.exit()
    }

    /// Work 4 is where the part of the text begins that has not been copied.
    func writeReplace() {
        let rest = code.label()
        code.store(.double, .r8, 0, constant: 0)
        put(0, work: 4)
        code.load(.double, .r1, .r7, 0)
        code.jump(to: rest, if: .r1, .equal, 0)
        search(texts: 4) { [self] end in
            take(.r2, work: 2)
            code.load(.double, .r1, .r7, 0)
            code.compute(.subtract, .r2, .r1)
            appendUncopied(to: .r2)
            code.load(.double, .r3, .frame, SharedFrame.argument(4))
            locate(.r3, or: end)
            code.load(.double, .r2, .r3, 0)
            code.compute(.add, .r3, 8)
            appendBytes(to: .r8)
            take(.r1, work: 2)
            put(.r1, work: 4)
            put(0, work: 3)
        }
        code.place(rest)
        code.load(.double, .r2, .r6, 0)
        appendUncopied(to: .r2)
        leave()
    }

    /// Appends to the result what of the text has not been copied, to a place in it.
    private func appendUncopied(to end: Register) {
        take(.r1, work: 4)
        code.compute(.subtract, end, .r1)
        append(from: .r1, to: .r8)
    }

    // MARK: - Tokens

    /// Works 0 to 3 have a bit for each delimiter; 4 is the next place, 5 where the token begins and 6 where it ends, 7
    /// what is left unread.
    func writeToken() {
        let isLeft = code.label()
        code.store(.double, .r8, 0, constant: 0)
        code.load(.double, .r1, .r9, ScratchLayout.unread)
        code.jump(to: isLeft, if: .r1, .signedGreaterOrEqual, 0)
        leave()
        code.place(isLeft)
        put(.r1, work: 5)
        for index in 0...4 { put(0, work: index) }
        loop(rounds: scratch.textCapacity, texts: 3) { [self] end in
            take(.r2, work: 4)
            code.load(.double, .r1, .r7, 0)
            code.jump(to: end, if: .r2, .greaterOrEqual, .r1)
            byte(.r3, of: .r7, at: .r2, or: end)
            code.compute(.add, .r2, 1)
            put(.r2, work: 4)
            delimiterWord(of: .r3)
            code.move(.r2, 1)
            code.compute(.shiftLeft, .r2, .r3)
            code.load(.double, .r4, .r1, 0)
            code.compute(.or, .r4, .r2)
            code.store(.double, .r1, 0, .r4)
        }
        take(.r1, work: 5)
        put(.r1, work: 4)
        loop(rounds: scratch.textCapacity + 1, texts: 3) { [self] end in
            let (isOver, isDelimiter, isEmpty, done) = (code.label(), code.label(), code.label(), code.label())
            take(.r2, work: 4)
            code.load(.double, .r1, .r6, 0)
            code.jump(to: isOver, if: .r2, .greaterOrEqual, .r1)
            byte(.r3, of: .r6, at: .r2, or: end)
            delimiterWord(of: .r3)
            code.load(.double, .r4, .r1, 0)
            code.compute(.shiftRight, .r4, .r3)
            code.compute(.and, .r4, 1)
            code.jump(to: isDelimiter, if: .r4, .notEqual, 0)
            code.compute(.add, .r2, 1)
            put(.r2, work: 4)
            code.jump(to: done)
            code.place(isOver)
            put(.r2, work: 6)
            put(-1, work: 7)
            code.jump(to: end)
            code.place(isDelimiter)
            put(.r2, work: 6)
            take(.r1, work: 5)
            code.move(.r3, .r2)
            code.compute(.add, .r3, 1)
            put(.r3, work: 7)
            code.jump(to: isEmpty, if: .r2, .equal, .r1)
            code.jump(to: end)
            code.place(isEmpty)
            put(.r3, work: 4)
            put(.r3, work: 5)
            code.place(done)
        }
        take(.r1, work: 7)
        code.store(.double, .r9, ScratchLayout.unread, .r1)
        take(.r1, work: 5)
        take(.r2, work: 6)
        code.compute(.subtract, .r2, .r1)
        append(from: .r1, to: .r8)
        leave()
    }

    /// r1 = where the bit of the byte in a register is, whose number there is what is left in the register.
    private func delimiterWord(of byte: Register) {
        code.move(.r1, byte)
        code.compute(.shiftRight, .r1, 6)
        code.compute(.shiftLeft, .r1, 3)
        code.compute(.add, .r1, .r9)
        code.compute(.add, .r1, Int32(ScratchLayout.work(0)))
        code.compute(.and, byte, 63)
    }
}
