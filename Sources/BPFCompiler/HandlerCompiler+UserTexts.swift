import BPF
import Lowering

/// Strings of the traced program.
extension HandlerCompiler {
    /// Reads a string, of so many bytes at most, into a place.
    ///
    /// - Parameter onFault: What is done where it is not there; the address is in r0.
    func userString(_ pointer: Int, count: Int? = nil, into result: Int, onFault: () -> Void) {
        let (isRead, end) = (code.label(), code.label())
        // stap's buffer has room for two bytes less than MAXSTRINGLEN.
        let longest = scratch.textCapacity - 1
        attempt(at: pointer, length: longest) { [self] in
            if let count {
                let (isPositive, isBounded) = (code.label(), code.label())
                code.load(.double, .r2, .r9, count)
                code.jump(to: isPositive, if: .r2, .signedGreaterOrEqual, 0)
                code.move(.r2, 0)
                code.place(isPositive)
                code.jump(to: isBounded, if: .r2, .lessOrEqual, Int32(longest))
                code.move(.r2, Int64(longest))
                code.place(isBounded)
                code.compute(.add, .r2, 1)
            } else {
                code.move(.r2, Int64(longest + 1))
            }
            address(.r1, result + 8)
            code.call(.readUserText)
            code.jump(to: isRead, if: .r0, .signedGreaterOrEqual, 0)
        }
        code.load(.double, .r0, .r9, pointer)
        onFault()
        code.jump(to: end)
        code.place(isRead)
        takeLength(result)
        code.place(end)
    }

    /// Reads at the address that a place holds, again where pages had to be brought in.
    ///
    /// - Parameters:
    ///   - length: How far the read may reach.
    ///   - read: Reads from the address in r3, and goes on elsewhere where that has succeeded.
    private func attempt(at pointer: Int, length: Int, _ read: () -> Void) {
        func attempt() {
            code.load(.double, .r3, .r9, pointer)
            read()
        }
        attempt()
        guard canSleep else { return }
        touch(pointer)
        attempt()
        // It may go on in the next page.
        touch(pointer, offset: length)
        attempt()
    }

    /// Writes the length of a text that was copied with its zero, which r0 counts.
    func takeLength(_ result: Int) {
        let isCounted = code.label()
        code.jump(to: isCounted, if: .r0, .signedGreater, 0)
        code.move(.r0, 1)
        code.place(isCounted)
        code.compute(.subtract, .r0, 1)
        address(.r1, result)
        code.store(.double, .r1, 0, .r0)
    }

    // MARK: - In quotes

    /// `user_string_quoted`, and with a count `user_string_n_quoted`; the address where nothing can be read.
    func userStringQuoted(_ pointer: Int, count: Int? = nil, limit: Int? = nil, into result: Int) {
        let (raw, end) = (scratch.text(), code.label())
        userString(pointer, count: count, into: raw) {
            self.writeAddress(to: result)
            self.code.jump(to: end)
        }
        quote(raw, flags: QuoteFlag.isQuoted, into: result)
        if count != nil { shorten(result, limit: limit) }
        code.place(end)
    }

    /// Ends a quotation that is longer than 2 less than a limit (MAXSTRINGLEN where none is given) with dots.
    private func shorten(_ result: Int, limit: Int?) {
        let (part, fits) = (scratch.text(), code.label())
        if let limit {
            code.load(.double, .r0, .r9, limit)
        } else {
            code.move(.r0, Int64(options.maximumStringLength))
        }
        code.compute(.subtract, .r0, 2)
        address(.r1, result)
        code.load(.double, .r2, .r1, 0)
        code.jump(to: fits, if: .r2, .signedLessOrEqual, .r0)
        code.compute(.subtract, .r0, 2)
        put(0, work: 0)
        put(.r0, work: 1)
        call(.slice, result, part)
        append(.literal(Array("\"...".utf8)), to: part)
        copy(.place(part), to: result)
        code.place(fits)
    }

    /// `user_buffer_quoted`.
    func userBufferQuoted(_ pointer: Int, count: Int, limit: Int?, into result: Int) {
        let (raw, isRead, end) = (scratch.text(), code.label(), code.label())
        attempt(at: pointer, length: scratch.textCapacity - 1) { [self] in
            let (isAll, isBounded) = (code.label(), code.label())
            code.load(.double, .r2, .r9, count)
            code.jump(to: isAll, if: .r2, .signedLessOrEqual, 0)
            code.jump(to: isBounded, if: .r2, .lessOrEqual, Int32(scratch.textCapacity))
            code.place(isAll)
            code.move(.r2, Int64(scratch.textCapacity))
            code.place(isBounded)
            address(.r1, raw)
            code.store(.double, .r1, 0, .r2)
            code.compute(.add, .r1, 8)
            code.call(.readUser)
            code.jump(to: isRead, if: .r0, .equal, 0)
        }
        code.load(.double, .r0, .r9, pointer)
        writeAddress(to: result)
        code.jump(to: end)
        code.place(isRead)
        quote(raw, limit: limit, flags: QuoteFlag.isQuoted | QuoteFlag.isBuffer, into: result)
        code.place(end)
    }

    /// A text = the address in r0.
    private func writeAddress(to result: Int) {
        clear(result, .text)
        putAddress(.r0)
        call(.number, result)
    }
}
