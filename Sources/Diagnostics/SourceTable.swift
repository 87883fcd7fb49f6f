import Synchronization

/// The sources that ranges are encoded against, so that a text that many ranges share is written once.
///
/// An encoder and a decoder carry one under ``key``; after encoding, ``sources`` says what the decoding side needs
/// to be given, in the same order. A range's own coding is the source's number and its two offsets.
public final class SourceTable: Sendable {
    /// Where an encoder's or decoder's `userInfo` holds the table.
    public static let key = CodingUserInfoKey(rawValue: "taprecipe.sources")!

    private let state: Mutex<[SourceFile]>

    /// Creates a table; the sources given come first.
    public init(_ sources: [SourceFile] = []) { state = Mutex(sources) }

    /// The sources, in the order of their first use.
    public var sources: [SourceFile] { state.withLock { $0 } }

    fileprivate func number(of source: SourceFile) -> Int {
        state.withLock { sources in
            if let known = sources.firstIndex(where: { $0 === source }) { return known }
            sources.append(source)
            return sources.count - 1
        }
    }
}

extension SourceRange: Codable {
    /// Decodes a range of a source of the decoder's ``SourceTable``.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        let number = try container.decode(Int.self)
        let lower = try container.decode(Int.self)
        let upper = try container.decode(Int.self)
        let sources = (decoder.userInfo[SourceTable.key] as? SourceTable)?.sources ?? []
        guard sources.indices.contains(number) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no source \(number)")
        }
        self.init(source: sources[number], lower: lower, upper: upper)
    }

    /// Encodes the range, its source by way of the encoder's ``SourceTable``.
    public func encode(to encoder: any Encoder) throws {
        guard let table = encoder.userInfo[SourceTable.key] as? SourceTable else {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "no table of sources"))
        }
        var container = encoder.unkeyedContainer()
        try container.encode(table.number(of: source))
        try container.encode(lower)
        try container.encode(upper)
    }
}
