import Diagnostics
import FoundationEssentials

/// How questions and answers cross between processes: as JSON, with the sources that an answer is placed in.
struct DebugMessage: Codable {
    private struct Source: Codable {
        var name: String
        var text: Data
    }

    private var sources: [Source]
    private var body: Data

    /// Writes a value; `known` are the sources that the other side has already, in the same order.
    static func encode(_ value: some Encodable, known: [SourceFile]) throws -> [UInt8] {
        let table = SourceTable(known)
        let encoder = JSONEncoder()
        encoder.userInfo[SourceTable.key] = table
        let body = try encoder.encode(value)
        let sources = table.sources.dropFirst(known.count).map {
            Source(name: $0.name, text: Data($0.bytes))
        }
        return Array(try JSONEncoder().encode(DebugMessage(sources: sources, body: body)))
    }

    /// Reads a value.
    static func decode<Value: Decodable>(
        _: Value.Type, from bytes: [UInt8], known: [SourceFile]
    ) throws -> Value {
        let message = try JSONDecoder().decode(DebugMessage.self, from: Data(bytes))
        let sources = message.sources.map { SourceFile(name: $0.name, bytes: Array($0.text)) }
        let decoder = JSONDecoder()
        decoder.userInfo[SourceTable.key] = SourceTable(known + sources)
        return try decoder.decode(Value.self, from: message.body)
    }
}
