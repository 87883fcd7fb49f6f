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
        let renderer = JSONRenderer()
        return JSONValue.object([
            "format": .string(Self.format),
            "version": .integer(1),
            "taprecipe": .string(version),
            "ended": .integer(Int128(ended)),
            "status": .integer(Int128(status)),
            "omittedOutput": .count(omittedOutput),
            "parameters": .array(summary.facts.parameters.map { .string($0.name) }),
            "summary": renderer.value(of: summary),
            "profiles": .array(summary.profiles.map(Self.value)),
            "frames": .array(summary.frames.map(renderer.frame)),
        ]).text
    }

    private static func value(_ profile: Profile) -> JSONValue {
        var members: [String: JSONValue] = [
            "title": .string(profile.title), "record": .string(profile.record),
            "weightWithoutStack": .integer(profile.weightWithoutStack),
            "samples": .array(
                profile.samples.map { sample in
                    .object([
                        "frames": .array(sample.frames.map { .integer(Int128($0)) }),
                        "complete": .boolean(sample.isComplete), "weight": .integer(sample.weight),
                    ])
                }),
        ]
        if case .sum(let field) = profile.weight {
            members["sum"] = .string(field)
        } else {
            members["sum"] = .null
        }
        return .object(members)
    }

    /// Reads the JSON text.
    public init(json bytes: [UInt8]) throws(DocumentProblem) {
        let item = try DocumentReader.decode(Item.self, format: Self.format, from: bytes)
        var summary = try item.summary.summary()
        let places = Dictionary(item.parameters.enumerated().map { ($1, $0) }) { first, _ in first }
        summary.facts.parameters.sort { places[$0.name, default: .max] < places[$1.name, default: .max] }
        summary.frames = item.frames.map(\.frame)
        for profile in item.profiles {
            summary.profiles.append(try profile.profile(frameCount: summary.frames.count))
        }
        self.init(
            summary: summary, version: item.taprecipe, ended: item.ended, status: item.status,
            omittedOutput: item.omittedOutput.value)
    }

    private struct Item: Decodable {
        var taprecipe: String
        var ended: Int64
        var status: Int32
        var omittedOutput: DocumentCount
        var parameters: [String]
        var summary: SummaryDocument
        var profiles: [ProfileItem]
        var frames: [SummaryDocument.Frame]
    }

    private struct ProfileItem: Decodable {
        struct Sample: Decodable {
            var frames: [Int32]
            var complete: Bool
            var weight: Int128
        }

        var title: String
        var record: String
        var sum: String?
        var weightWithoutStack: Int128
        var samples: [Sample]

        /// The profile, its frames among so many, its weights small enough to be added up.
        func profile(frameCount: Int) throws(DocumentProblem) -> Profile {
            let weights: ClosedRange<Int128> = 0...1 << 80
            for sample in samples {
                guard sample.frames.count <= StackStore.maximumDepth,
                    sample.frames.allSatisfy({ (0..<frameCount).contains(Int($0)) })
                else { throw .outOfRange("frames") }
                guard weights.contains(sample.weight), sample.weight > 0 else { throw .outOfRange("weight") }
            }
            guard weights.contains(weightWithoutStack) else { throw .outOfRange("weightWithoutStack") }
            return Profile(
                title: title, record: record, weight: sum.map { .sum($0) } ?? .count,
                samples: samples.map { .init(frames: $0.frames, isComplete: $0.complete, weight: $0.weight) },
                weightWithoutStack: weightWithoutStack)
        }
    }
}
