/// Puts values together to bytes: numbers in LEB128, text and lists behind their lengths.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(byte: UInt8) { bytes.append(byte) }

    mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number with a sign, zigzag.
    mutating func put(signed number: Int64) {
        put(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    mutating func put(_ content: [UInt8]) {
        put(UInt64(content.count))
        bytes += content
    }

    mutating func put(_ text: String) { put(Array(text.utf8)) }
}

/// Takes bytes apart that ``ByteWriter`` put together, or that an untrusted process did.
struct ByteReader {
    /// The bytes end too early, or mean nothing.
    struct Garbled: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func byte() throws(Garbled) -> UInt8 {
        guard let first = rest.popFirst() else { throw Garbled() }
        return first
    }

    mutating func number() throws(Garbled) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Garbled()
    }

    mutating func signed() throws(Garbled) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// How many elements follow, each of at least one byte.
    mutating func count() throws(Garbled) -> Int {
        let count = try number()
        guard count <= rest.count else { throw Garbled() }
        return Int(count)
    }

    mutating func content() throws(Garbled) -> [UInt8] {
        let count = try count()
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func text() throws(Garbled) -> String { String(decoding: try content(), as: UTF8.self) }
}
