import RecipeModel

/// Matches one record pattern against the bytes of a line, in time linear in the line.
///
/// There is no backtracking, so every piece has one meaning: a word has at least one byte and ends before the
/// first blank or, where the pattern goes on with other text, before the first place at which that text (up to
/// the next field) stands. A number takes all digits there are. Behind the last piece only blanks may follow.
struct RecordMatcher: Sendable {
    /// The names of the fields, in the order of the values that `match` returns.
    let fieldNames: [String]
    /// How many bytes of the line the pattern states; of two patterns that match, the one with more is meant.
    let literalCount: Int
    /// The literal that the line must start with, maybe empty.
    let firstLiteral: [UInt8]
    private let pieces: [RecordPattern.Piece]

    init(_ pattern: RecordPattern) {
        pieces = pattern.pieces
        fieldNames = pattern.fields.map(\.name)
        if case .literal(let bytes)? = pattern.pieces.first {
            firstLiteral = bytes
        } else {
            firstLiteral = []
        }
        literalCount = pattern.pieces.reduce(0) { count, piece in
            switch piece {
            case .literal(let bytes): count + bytes.count
            case .blank: count + 1
            case .field: count
            }
        }
    }

    /// The fields' values, or nil where the line is not such a record.
    func match(_ line: ArraySlice<UInt8>) -> [FieldValue]? {
        guard line.has(firstLiteral, at: line.startIndex) else { return nil }
        var values: [FieldValue] = []
        var position = line.startIndex
        for index in pieces.indices {
            guard case .field(let field) = pieces[index] else {
                guard let end = end(of: pieces[index], in: line, at: position) else { return nil }
                position = end
                continue
            }
            if values.isEmpty { values.reserveCapacity(fieldNames.count) }
            guard let (value, end) = take(field.type, in: line, at: position, pieceIndex: index) else {
                return nil
            }
            values.append(value)
            position = end
        }
        return line.skippingBlanks(from: position) == line.endIndex ? values : nil
    }

    private func take(
        _ type: RecordPattern.FieldType, in line: ArraySlice<UInt8>, at position: Int, pieceIndex: Int
    ) -> (FieldValue, Int)? {
        switch type {
        case .rest:
            return (.text(ByteText(line[position...])), line.endIndex)
        case .integer:
            return Self.integer(in: line, at: position)
        case .hex:
            guard let number = line.prefixedHexNumber(from: position) ?? line.hexNumber(from: position) else {
                return nil
            }
            return (.hex(number.value), number.end)
        case .word:
            guard let end = wordEnd(in: line, from: position, pieceIndex: pieceIndex) else { return nil }
            return (.text(ByteText(line[position..<end])), end)
        }
    }

    /// A decimal number that fits stap's signed or an unsigned 64-bit integer.
    private static func integer(in line: ArraySlice<UInt8>, at position: Int) -> (FieldValue, Int)? {
        var end = position
        let isNegative = end < line.endIndex && line[end] == UInt8(ascii: "-")
        if isNegative { end += 1 }
        let first = end
        var value: Int128 = 0
        while end < line.endIndex, let digit = line[end].decimalDigit {
            value = value * 10 + Int128(digit)
            guard value <= Int128(UInt64.max) else { return nil }
            end += 1
        }
        guard end > first else { return nil }
        if isNegative { value = -value }
        return value >= Int128(Int64.min) ? (.integer(value), end) : nil
    }

    /// Where a word that starts at `start` ends; nil where it would be empty or what must follow does not.
    private func wordEnd(in line: ArraySlice<UInt8>, from start: Int, pieceIndex: Int) -> Int? {
        var index = pieceIndex + 1
        guard index < pieces.endIndex, case .literal(let literal) = pieces[index] else {
            var end = start
            while end < line.endIndex, !line[end].isBlank { end += 1 }
            return end > start ? end : nil
        }
        index += 1
        guard start < line.endIndex, !line[start].isBlank else { return nil }
        var end = start + 1
        while end < line.endIndex, !line[end].isBlank {
            // Only the one candidate whose literal ends at the first blank goes on behind it: still linear.
            if line.has(literal, at: end), separatorContinues(from: index, in: line, at: end + literal.count)
            {
                return end
            }
            end += 1
        }
        return nil
    }

    /// Whether the pieces from `index` up to the next field stand at a place.
    private func separatorContinues(from index: Int, in line: ArraySlice<UInt8>, at position: Int) -> Bool {
        var position = position
        for piece in pieces[index...] {
            if case .field = piece { return true }
            guard let end = end(of: piece, in: line, at: position) else { return false }
            position = end
        }
        return true
    }

    /// The index behind a literal or blank piece that stands at a place.
    private func end(of piece: RecordPattern.Piece, in line: ArraySlice<UInt8>, at position: Int) -> Int? {
        switch piece {
        case .literal(let bytes):
            return line.has(bytes, at: position) ? position + bytes.count : nil
        case .blank:
            let end = line.skippingBlanks(from: position)
            return end > position ? end : nil
        case .field:
            return nil
        }
    }
}
