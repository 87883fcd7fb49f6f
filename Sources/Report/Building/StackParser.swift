/// Reads the lines of stap's backtraces, in every form in which the runtime prints an address.
///
/// The forms are those of `_stp_snprint_addr` and `_stp_stack_*_print` in systemtap 4.8's runtime: address,
/// function and module; address and module; a bare address; function and module without an address
/// (`sprint_backtrace`, `print_ubacktrace_brief`); source lines (`print_ubacktrace_fileline`); a list of bare
/// addresses (`ubacktrace`); each perhaps `(inexact)`, and the pair that a return probe prints.
enum StackParser {
    /// A line of a backtrace, split up to the part that stays the same from process to process.
    enum Line {
        /// One frame; the key is its text without the address.
        case frame(key: ArraySlice<UInt8>, isAddressed: Bool)
        /// Bare addresses on one line, each a frame.
        case addresses([ArraySlice<UInt8>])
        /// stap says that there is no backtrace.
        case absent
    }

    private static let returning = [Array("Returning from: ".utf8), Array("Returning to  : ".utf8)]
    private static let absent = [
        Array("<no user backtrace".utf8), Array("<no kernel backtrace".utf8),
    ]
    private static let inexact = Array("(inexact)".utf8)
    private static let hexPrefix = Array("0x".utf8)
    private static let colon = Array(" : ".utf8)
    private static let plus = Array("+0x".utf8)
    private static let bracket = Array(" [".utf8)
    private static let at = Array(" at ".utf8)

    /// What a line is by its outline; a frame's key still has to be read with `frame(fromKey:)`.
    static func line(_ line: ArraySlice<UInt8>) -> Line? {
        var line = line.withoutTrailingBlanks
        for prefix in returning where line.has(prefix, at: line.startIndex) {
            line = line[(line.startIndex + prefix.count)...]
        }
        let start = line.skippingBlanks(from: line.startIndex)
        guard start < line.endIndex else { return nil }
        guard let address = line.prefixedHexNumber(from: start) else {
            if line[start] == UInt8(ascii: "<"), absent.contains(where: { line.has($0, at: start) }) {
                return .absent
            }
            if line.has(hexPrefix, at: start) { return nil }
            // Without an address the text must state an offset, lest every word be taken for a function.
            return firstOffset(in: line[start...]) == nil
                ? nil : .frame(key: line[start...], isAddressed: false)
        }
        if address.end == line.endIndex { return .frame(key: line[start...], isAddressed: true) }
        if line.has(colon, at: address.end) {
            let name = address.end + colon.count
            // usymdata() has the address again for the name of a place without a symbol.
            if let again = line.prefixedHexNumber(from: name), line.has(bracket, at: again.end) {
                return .frame(key: line[(again.end + 1)...], isAddressed: true)
            }
            return .frame(key: line[name...], isAddressed: true)
        }
        if line.has(bracket, at: address.end) {
            return .frame(key: line[(address.end + 1)...], isAddressed: true)
        }
        let next = line.skippingBlanks(from: address.end)
        guard next > address.end else { return nil }
        if line[next...].elementsEqual(inexact) {
            return .frame(key: line[start...], isAddressed: true)
        }
        return addressList(line[start...])
    }

    /// A frame from a key, or nil where the text is no frame; `isCut` says that its end is missing.
    static func frame(fromKey key: ArraySlice<UInt8>) -> (frame: StackFrame, isCut: Bool)? {
        var text = key
        var frame = StackFrame()
        if text.count > inexact.count, text.has(inexact, at: text.endIndex - inexact.count) {
            text = text[..<(text.endIndex - inexact.count)].withoutTrailingBlanks
            frame.isInexact = true
        }
        if let address = text.prefixedHexNumber(from: text.startIndex) {
            guard address.end == text.endIndex else {
                return nil
            }
            frame.address = address.value
            return (frame, false)
        }
        return text.first == UInt8(ascii: "[") ? moduleFrame(text, frame) : symbolFrame(text, frame)
    }

    /// `function+0xO[/0xS][ at FILE:LINE][ [module]]`.
    private static func symbolFrame(
        _ text: ArraySlice<UInt8>, _ start: StackFrame
    ) -> (frame: StackFrame, isCut: Bool)? {
        var frame = start
        guard let offset = firstOffset(in: text), offset.start > text.startIndex else { return nil }
        frame.symbol = String(decoding: text[text.startIndex..<offset.start], as: UTF8.self)
        frame.offset = offset.value
        var rest = text[offset.end...]
        if rest.has(at, at: rest.startIndex) {
            rest = rest[(rest.startIndex + at.count)...]
            let module = rest.last == UInt8(ascii: "]") ? lastBracket(in: rest) : nil
            frame.source = String(decoding: rest[..<(module ?? rest.endIndex)], as: UTF8.self)
            rest = module.map { rest[$0...] } ?? []
        }
        guard !rest.isEmpty else { return (frame, false) }
        guard rest.has(bracket, at: rest.startIndex) else { return nil }
        rest = rest[(rest.startIndex + bracket.count)...]
        guard rest.last == UInt8(ascii: "]") else {
            frame.module = String(decoding: rest, as: UTF8.self)
            return (frame, true)
        }
        frame.module = String(decoding: rest.dropLast(), as: UTF8.self)
        return (frame, false)
    }

    /// `[module+0xO[/0xS]][ at FILE:LINE]`.
    private static func moduleFrame(
        _ text: ArraySlice<UInt8>, _ start: StackFrame
    ) -> (frame: StackFrame, isCut: Bool)? {
        var frame = start
        let inner = text.dropFirst()
        var position = inner.startIndex
        while let plus = offset(in: inner, from: position) {
            position = plus.end
            guard plus.end < inner.endIndex, inner[plus.end] == UInt8(ascii: "]") else { continue }
            let behind = inner[(plus.end + 1)...]
            guard behind.isEmpty || behind.has(at, at: behind.startIndex) else { continue }
            frame.module = String(decoding: inner[..<plus.start], as: UTF8.self)
            frame.offset = plus.value
            if !behind.isEmpty {
                frame.source = String(decoding: behind.dropFirst(at.count), as: UTF8.self)
            }
            return (frame, false)
        }
        return nil
    }

    private typealias Offset = (start: Int, value: UInt64, end: Int)

    /// The first `+0xO[/0xS]` that ends a function's name: at the end, before ` [` or before ` at `.
    private static func firstOffset(in text: ArraySlice<UInt8>) -> Offset? {
        var position = text.startIndex
        while let found = offset(in: text, from: position) {
            if found.end == text.endIndex || text.has(bracket, at: found.end) || text.has(at, at: found.end)
                || text[text.skippingBlanks(from: found.end)...].elementsEqual(inexact)
            {
                return found
            }
            position = found.end
        }
        return nil
    }

    /// The next `+0xO[/0xS]` wherever it stands.
    private static func offset(in text: ArraySlice<UInt8>, from start: Int) -> Offset? {
        var index = start
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "+"), let number = text.prefixedHexNumber(from: index + 1) {
                guard number.end < text.endIndex, text[number.end] == UInt8(ascii: "/"),
                    let size = text.prefixedHexNumber(from: number.end + 1)
                else { return (index, number.value, number.end) }
                return (index, number.value, size.end)
            }
            index += 1
        }
        return nil
    }

    private static func lastBracket(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.reversed().first { text.has(bracket, at: $0) }
    }

    private static func addressList(_ text: ArraySlice<UInt8>) -> Line? {
        var addresses: [ArraySlice<UInt8>] = []
        var position = text.startIndex
        while position < text.endIndex {
            guard let number = text.prefixedHexNumber(from: position),
                number.end == text.endIndex || text[number.end].isBlank
            else { return nil }
            addresses.append(text[position..<number.end])
            position = text.skippingBlanks(from: number.end)
        }
        return .addresses(addresses)
    }
}
