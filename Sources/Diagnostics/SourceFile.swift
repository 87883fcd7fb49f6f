/// A named text that positions point into: a recipe, an expanded script, a `.stp` file, an argument.
///
/// The text is kept as bytes, because recipes and scripts may hold invalid UTF-8 and every offset in
/// taprecipe is a byte offset.
public final class SourceFile: Sendable {
    /// What messages call it: a path, or a description in angle brackets such as `<expanded script>`.
    public let name: String
    /// The whole text, undecoded.
    public let bytes: [UInt8]
    /// The byte offset at which each line starts; the first is 0.
    private let lineStarts: [Int]

    /// Creates a source from raw bytes.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        self.lineStarts = starts
    }

    /// Creates a source from a string.
    public convenience init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The whole text, with invalid UTF-8 replaced by U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// How many lines there are; an empty file has one.
    public var lineCount: Int { lineStarts.count }

    /// The 1-based line and column of a byte offset; offsets past the end count as the end.
    public func position(at offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return SourcePosition(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    /// The byte offset of a 1-based line and byte column, clamped to the text.
    public func offset(line: Int, column: Int) -> Int {
        guard line >= 1 else { return 0 }
        guard line <= lineStarts.count else { return bytes.count }
        return min(lineStarts[line - 1] + max(column - 1, 0), bytes.count)
    }

    /// The bytes of a 1-based line, without its line end.
    public func line(_ number: Int) -> ArraySlice<UInt8> {
        guard number >= 1, number <= lineStarts.count else { return [] }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return bytes[start..<end]
    }

    /// A range of this source by byte offsets.
    public func range(_ lower: Int, _ upper: Int) -> SourceRange {
        SourceRange(source: self, lower: lower, upper: upper)
    }
}

/// A place in a source: line and column, both from 1; the column counts bytes.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// The column in bytes, from 1.
    public var column: Int

    /// Creates a position.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `LINE:COLUMN`.
    public var description: String { "\(line):\(column)" }
}

/// A half-open range of byte offsets in a source.
public struct SourceRange: Sendable, Equatable, CustomStringConvertible {
    /// The text that the offsets count in.
    public let source: SourceFile
    /// The first byte's offset.
    public let lower: Int
    /// The offset behind the last byte; never below `lower`.
    public let upper: Int

    /// Creates a range, clamped to the source.
    public init(source: SourceFile, lower: Int, upper: Int) {
        self.source = source
        self.lower = min(max(lower, 0), source.bytes.count)
        self.upper = min(max(upper, self.lower), source.bytes.count)
    }

    /// Where the range starts.
    public var start: SourcePosition { source.position(at: lower) }
    /// Where the range ends.
    public var end: SourcePosition { source.position(at: upper) }
    /// The text in the range, with invalid UTF-8 replaced by U+FFFD.
    public var text: String { String(decoding: source.bytes[lower..<upper], as: UTF8.self) }

    /// The smallest range that holds both; both must be of one source.
    public func union(_ other: SourceRange) -> SourceRange {
        SourceRange(source: source, lower: min(lower, other.lower), upper: max(upper, other.upper))
    }

    /// `NAME:LINE:COLUMN` of the start.
    public var description: String { "\(source.name):\(start)" }

    /// Two ranges are equal when they are the same bytes of the same source object.
    public static func == (left: SourceRange, right: SourceRange) -> Bool {
        left.source === right.source && left.lower == right.lower && left.upper == right.upper
    }
}
