/// A summary with all that it holds: what its own JSON form leaves out (the stacks of flame graphs, the parameters'
/// order) stands beside that.
///
/// In JSON its format is `taprecipe.whole-summary`, version 1, by the rule of ``JSONRenderer``; a ``RunDocument`` has
/// the same members.
public struct WholeSummary: Sendable {
    static let format = "taprecipe.whole-summary"

    /// It.
    public var summary: Summary

    /// Takes a summary.
    public init(_ summary: Summary) { self.summary = summary }

    /// The JSON text.
    ///
    /// - Throws: That it is larger than what is read back.
    public func json() throws(DocumentProblem) -> [UInt8] {
        var members = members
        members["format"] = .string(Self.format)
        members["version"] = .integer(1)
        let text = Array(JSONValue.object(members).text.utf8)
        guard text.count <= DocumentReader.maximumSize else { throw .tooLarge(bytes: text.count) }
        return text
    }

    /// Reads the JSON text.
    public init(json bytes: [UInt8]) throws(DocumentProblem) {
        let item = try DocumentReader.decode(Item.self, format: Self.format, from: bytes)
        self.init(try item.value())
    }

    /// The members of its JSON.
    var members: [String: JSONValue] {
        let renderer = JSONRenderer()
        return [
            "parameters": .array(summary.facts.parameters.map { .string($0.name) }),
            "summary": renderer.value(of: summary),
            "profiles": .array(summary.profiles.map(Self.value)),
            "frames": .array(summary.frames.map(renderer.frame)),
        ]
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

    /// The members as they are read.
    struct Item: Decodable {
        private var parameters: [String]
        private var summary: SummaryDocument
        private var profiles: [ProfileItem]
        private var frames: [SummaryDocument.Frame]

        /// The summary, once it is clear that all of it fits together.
        func value() throws(DocumentProblem) -> Summary {
            var summary = try self.summary.summary()
            let places = Dictionary(parameters.enumerated().map { ($1, $0) }) { first, _ in first }
            summary.facts.parameters.sort { places[$0.name, default: .max] < places[$1.name, default: .max] }
            summary.frames = frames.map(\.frame)
            for profile in profiles {
                summary.profiles.append(try profile.profile(frameCount: summary.frames.count))
            }
            return summary
        }
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
