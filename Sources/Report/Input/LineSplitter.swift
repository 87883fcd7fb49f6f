/// Cuts a stream of bytes into lines, in bounded memory.
public struct LineSplitter: Sendable {
    /// The most bytes of a line that are kept; the rest of it is thrown away.
    public let maximumLength: Int
    /// How many lines were cut at the greatest length.
    public private(set) var cutCount = 0
    private var pending: [UInt8] = []
    private var isCut = false

    /// Creates a splitter.
    public init(maximumLength: Int = 64 * 1024) { self.maximumLength = max(maximumLength, 1) }

    /// Takes the next bytes and hands on every line that they complete, without its line end.
    public mutating func feed(_ chunk: ArraySlice<UInt8>, line body: (ArraySlice<UInt8>) -> Void) {
        var start = chunk.startIndex
        while let end = Self.lineEnd(in: chunk, from: start) {
            if pending.isEmpty, !isCut, end - start <= maximumLength {
                body(Self.withoutReturn(chunk[start..<end]))
            } else {
                hold(chunk[start..<end])
                finish(line: body)
            }
            start = end + 1
        }
        hold(chunk[start...])
    }

    /// Hands on what is left where the stream does not end with a line end.
    public mutating func finish(line body: (ArraySlice<UInt8>) -> Void) {
        if !pending.isEmpty { body(Self.withoutReturn(pending[...])) }
        pending.removeAll(keepingCapacity: true)
        isCut = false
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) {
        let room = maximumLength - pending.count
        pending += bytes.prefix(room)
        if bytes.count > room, !isCut {
            isCut = true
            cutCount += 1
        }
    }

    private static func lineEnd(in chunk: ArraySlice<UInt8>, from start: Int) -> Int? {
        chunk[start...].firstIndex(of: UInt8(ascii: "\n"))
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }
}
