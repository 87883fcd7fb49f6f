import FoundationEssentials

/// Reads JSON documents within bounds.
public enum DocumentReader {
    /// The largest document that is read: a hundred thousand stacks have room in it.
    public static let maximumSize = 64 << 20

    private struct Head: Decodable {
        var format: String?
        var version: Int?
    }

    /// The value of a document, once it is clear that it is of that format and version 1.
    static func decode<Value: Decodable>(
        _: Value.Type, format: String, from bytes: [UInt8]
    ) throws(DocumentProblem) -> Value {
        guard bytes.count <= maximumSize else { throw .tooLarge(bytes: bytes.count) }
        let data = Data(bytes)
        do {
            let head = try JSONDecoder().decode(Head.self, from: data)
            guard head.format == format else { throw DocumentProblem.otherFormat(found: head.format) }
            guard head.version == 1 else { throw DocumentProblem.otherVersion(head.version ?? 0) }
            return try JSONDecoder().decode(Value.self, from: data)
        } catch let problem as DocumentProblem {
            throw problem
        } catch let error as DecodingError {
            throw .malformed(words(of: error))
        } catch {
            throw .malformed("no JSON")
        }
    }

    private static func words(of error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty ? "no JSON of that shape" : "unexpected value of \(path(context))"
        case .keyNotFound(let key, let context):
            "no member '\(key.stringValue)'" + (context.codingPath.isEmpty ? "" : " in \(path(context))")
        case .valueNotFound(_, let context): "no value of \(path(context))"
        @unknown default: "no JSON of that shape"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        let words = context.codingPath.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
        return "'" + words.joined().drop { $0 == "." } + "'"
    }
}

/// A count of a document: bounded, so that adding some up cannot overflow.
struct DocumentCount: Decodable {
    var value: Int

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer().decode(Int.self)
        let name = decoder.codingPath.last { $0.intValue == nil }?.stringValue ?? "count"
        guard (0...1 << 48).contains(value) else { throw DocumentProblem.outOfRange(name) }
        self.value = value
    }
}

/// An address or offset, as `0x…`.
struct DocumentHex: Decodable {
    var value: UInt64

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let name = decoder.codingPath.last { $0.intValue == nil }?.stringValue ?? "hex"
        guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else {
            throw DocumentProblem.outOfRange(name)
        }
        self.value = value
    }
}
