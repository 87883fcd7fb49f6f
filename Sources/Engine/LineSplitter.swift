/// Cuts a stream of bytes into lines, in bounded memory.
struct LineSplitter {
    /// The most bytes of a line that are kept; the rest of a longer line is dropped and the line counted.
    let maximumLineLength: Int
    /// How many lines were cut.
    private(set) var cutLines: UInt64 = 0
    private var partial: [UInt8] = []
    private var isCut = false

    init(maximumLineLength: Int = 1 << 20) { self.maximumLineLength = maximumLineLength }

    /// Takes bytes; calls `line` for each line that they complete, without its line end.
    mutating func take(_ bytes: UnsafeRawBufferPointer, line: ([UInt8]) -> Void) {
        var start = 0
        while start < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            let end = rest.firstIndex(of: 0x0A)
            append(rest[..<(end ?? rest.count)])
            guard let end else { return }
            emit(line)
            start += end + 1
        }
    }

    /// Ends the stream: what follows the last line end is a line too.
    mutating func finish(line: ([UInt8]) -> Void) {
        if !partial.isEmpty { emit(line) }
    }

    private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
        let room = maximumLineLength - partial.count
        partial.append(contentsOf: bytes.prefix(room))
        if bytes.count > room, !isCut {
            isCut = true
            cutLines += 1
        }
    }

    private mutating func emit(_ line: ([UInt8]) -> Void) {
        line(partial)
        partial = []
        isCut = false
    }
}
