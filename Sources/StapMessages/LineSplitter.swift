import Glibc

/// Cuts a stream of bytes into lines, in bounded memory.
public struct LineSplitter: Sendable {
    /// The most bytes of a line that are kept; the rest of it is thrown away.
    public let maximumLength: Int
    /// How many lines were cut at the greatest length.
    public private(set) var cutCount: UInt64 = 0
    private var pending: [UInt8] = []
    private var isCut = false

    /// Creates a splitter.
    public init(maximumLength: Int) { self.maximumLength = max(maximumLength, 1) }

    /// Takes the next bytes and hands on every line that they complete, without its line end.
    public mutating func feed(_ chunk: ArraySlice<UInt8>, line body: (ArraySlice<UInt8>) -> Void) {
        var start = chunk.startIndex
        while let end = Self.lineEnd(in: chunk, from: start) {
            if pending.isEmpty, !isCut, end - start <= maximumLength {
                body(chunk[start..<end])
            } else {
                hold(chunk[start..<end])
                emit(body)
            }
            start = end + 1
        }
        hold(chunk[start...])
    }

    /// Ends the stream: what follows the last line end is a line too.
    public mutating func finish(line body: (ArraySlice<UInt8>) -> Void) {
        if !pending.isEmpty { emit(body) }
    }

    private static func lineEnd(in chunk: ArraySlice<UInt8>, from start: Int) -> Int? {
        chunk[start...].withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress, let found = memchr(first, 0x0A, bytes.count) else {
                return nil
            }
            return start + (UnsafeRawPointer(found) - first)
        }
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) {
        let room = maximumLength - pending.count
        pending += bytes.prefix(room)
        if bytes.count > room, !isCut {
            isCut = true
            cutCount += 1
        }
    }

    private mutating func emit(_ body: (ArraySlice<UInt8>) -> Void) {
        body(pending[...])
        pending = []
        isCut = false
    }
}
