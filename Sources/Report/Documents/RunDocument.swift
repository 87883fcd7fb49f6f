/// A run as it is kept: its summary, the stacks of its flame graphs, and what else is known of it.
///
/// In JSON its format is `taprecipe.run`, version 1, by the rule of ``JSONRenderer``.
public struct RunDocument: Sendable, Equatable {
    static let format = "taprecipe.run"

    /// What it found out.
    public var summary: Summary
    /// The version of the taprecipe that ran it.
    public var version: String
    /// When it ended, in seconds since 1970.
    public var ended: Int64
    /// The exit code of the command.
    public var status: Int32
    /// How many bytes of the script's output were not kept.
    public var omittedOutput: Int

    /// Creates a document.
    public init(summary: Summary, version: String, ended: Int64, status: Int32, omittedOutput: Int) {
        self.summary = summary
        self.version = version
        self.ended = ended
        self.status = status
        self.omittedOutput = omittedOutput
    }

    /// The JSON text.
    public var json: String {
        let own: [String: JSONValue] = [
            "format": .string(Self.format),
            "version": .integer(1),
            "taprecipe": .string(version),
            "ended": .integer(Int128(ended)),
            "status": .integer(Int128(status)),
            "omittedOutput": .count(omittedOutput),
        ]
        return JSONValue.object(own.merging(WholeSummary(summary).members) { own, _ in own }).text
    }

    /// Reads the JSON text.
    public init(json bytes: [UInt8]) throws(DocumentProblem) {
        let item = try DocumentReader.decode(Item.self, format: Self.format, from: bytes)
        self.init(
            summary: try item.summary.value(), version: item.taprecipe, ended: item.ended,
            status: item.status, omittedOutput: item.omittedOutput.value)
    }

    private struct Item: Decodable {
        private enum Key: CodingKey { case taprecipe, ended, status, omittedOutput }

        var taprecipe: String
        var ended: Int64
        var status: Int32
        var omittedOutput: DocumentCount
        /// Its members stand among the document's own.
        var summary: WholeSummary.Item

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            taprecipe = try members.decode(String.self, forKey: .taprecipe)
            ended = try members.decode(Int64.self, forKey: .ended)
            status = try members.decode(Int32.self, forKey: .status)
            omittedOutput = try members.decode(DocumentCount.self, forKey: .omittedOutput)
            summary = try WholeSummary.Item(from: decoder)
        }
    }
}
