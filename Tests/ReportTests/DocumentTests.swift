import Foundation
import TestSupport
import Testing

@testable import Report

/// Documents that are read back.
@Suite struct DocumentTests {
    /// The forms that a summary's JSON says all of.
    private static let withoutStacks: [SummaryFormat] = [.text, .json, .markdown, .csv, .prometheus]

    @Test(arguments: Sample.allCases)
    func aSummaryReadBackRendersAsBefore(sample: Sample) throws {
        var summary = try sample.summary()
        // An object has no order.
        summary.facts.parameters.sort { $0.name < $1.name }
        let read = try Summary(json: Array(JSONRenderer().render(summary).utf8))
        for format in Self.withoutStacks {
            #expect(format.render(read) == format.render(summary), "\(format)")
        }
    }

    @Test(arguments: Sample.allCases)
    func aRunReadBackRendersAsBeforeInEveryForm(sample: Sample) throws {
        let run = RunDocument(
            summary: try sample.summary(), version: "0.1.0", ended: 1_764_245_000, status: 6, omittedOutput: 7
        )
        let read = try RunDocument(json: Array(run.json.utf8))
        for format in SummaryFormat.allCases {
            #expect(format.render(read.summary) == format.render(run.summary), "\(format)")
        }
        #expect(read.version == "0.1.0" && read.ended == 1_764_245_000 && read.status == 6)
        #expect(read.omittedOutput == 7)
        #expect(read.json == run.json)
    }

    @Test(arguments: Sample.allCases)
    func aWholeSummaryIsReadBackWhole(sample: Sample) throws {
        let summary = try sample.summary()
        let json = try WholeSummary(summary).json()
        let read = try WholeSummary(json: json).summary
        for format in SummaryFormat.allCases {
            #expect(format.render(read) == format.render(summary), "\(format)")
        }
        #expect(try WholeSummary(read).json() == json)
        #expect(throws: DocumentProblem.otherFormat(found: "taprecipe.whole-summary")) {
            try RunDocument(json: json)
        }
    }

    @Test func whatWasLostAndHowItEndedIsReadBack() throws {
        let kinds: [LossKind] = [
            .unseenProcesses, .unmetProcesses("/lib/l.so"), .replacedFile("/bin/b"), .unusedFile("/lib/l.so"),
        ]
        var summary = try Sample.run.summary()
        summary.losses = kinds.map { Loss($0, count: 3) }
        summary.facts.end = .commandFailed("ended with status 3")
        let read = try Summary(json: Array(JSONRenderer().render(summary).utf8))
        #expect(read.losses == summary.losses)
        #expect(read.facts.end == summary.facts.end)
    }

    @Test func parametersKeepTheRecipesOrder() throws {
        var summary = try Sample.run.summary()
        summary.facts.parameters = ["z", "a", "m"].map { .init(name: $0, value: "1") }
        let run = RunDocument(summary: summary, version: "1", ended: 0, status: 0, omittedOutput: 0)
        let read = try RunDocument(json: Array(run.json.utf8))
        #expect(read.summary.facts.parameters == summary.facts.parameters)
    }

    /// What version 1 had before members were added to it.
    @Test func documentsWithoutLaterMembersAreRead() throws {
        let summary = try Sample.heap.summary()
        let text = JSONRenderer().render(summary)
        var document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var run = try #require(document["run"] as? [String: Any])
        for name in ["hosts", "probedFiles"] { #expect(run.removeValue(forKey: name) != nil) }
        document["run"] = run
        document["tables"] = try #require(document["tables"] as? [[String: Any]]).map {
            $0.filter { $0.key != "kinds" }
        }
        document["records"] = try #require(document["records"] as? [[String: Any]]).map {
            $0.filter { $0.key != "pattern" }
        }
        let read = try Summary(json: Array(try JSONSerialization.data(withJSONObject: document)))
        #expect(TextRenderer().render(read) == TextRenderer().render(summary))
        #expect(read.tables == summary.tables)
    }

    /// A change to a sound document, and what is said of it.
    struct Damage: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var words: String

        init(_ old: String, _ new: String, _ words: String) {
            self.old = old
            self.new = new
            self.words = words
        }

        var testDescription: String { "\(old) -> \(new)" }
    }

    @Test(arguments: [
        Damage("taprecipe.summary", "other", "found the format 'other'"),
        Damage("\"format\"", "\"form\"", "found no 'format'"),
        Damage("\"version\": 1", "\"version\": 2", "found version 2"),
        Damage("\"stack\": 0", "\"stack\": 99", "'stack'"),
        Damage("\"stack\": 0", "\"stack\": -1", "'stack'"),
        Damage("\"omittedRows\": 0", "\"omittedRows\": -1", "'omittedRows'"),
        Damage("\"omittedRows\": 0", "\"omittedRows\": 9223372036854775807", "'omittedRows'"),
        Damage("\"omittedRows\": 0", "\"omittedRows\": 1e400", "found "),
        Damage("\"columns\": [", "\"columns\": [\"more\",", "'rows'"),
        Damage("\"offset\": \"0x", "\"offset\": \"zz", "'offset'"),
        Damage("\"attempts\": 1", "\"attempts\": \"1\"", "'run.attempts'"),
        Damage("\"tables\"", "\"tablets\"", "no member 'tables'"),
        Damage("\"tracedSeconds\": null", "\"tracedSeconds\": -1", "'tracedSeconds'"),
        Damage("{", "", "no JSON"),
    ])
    func damageIsToldInWords(damage: Damage) throws {
        let text = JSONRenderer().render(try Sample.heap.summary())
        let place = try #require(text.range(of: damage.old))
        let bytes = Array(text.replacingCharacters(in: place, with: damage.new).utf8)
        let problem = try #require(throws: DocumentProblem.self) { try Summary(json: bytes) }
        #expect("\(problem)".contains(damage.words), "\(problem)")
    }

    @Test func hostileDocumentsCostLittle() throws {
        for text in [
            String(repeating: "[", count: 1 << 20), String(repeating: "{\"a\":", count: 1 << 18), "", "\u{0}",
            "{\"format\": \"taprecipe.summary\", \"version\": 1}",
        ] {
            #expect(throws: DocumentProblem.self) { try Summary(json: Array(text.utf8)) }
        }
        #expect(throws: DocumentProblem.tooLarge(bytes: DocumentReader.maximumSize + 1)) {
            try Summary(json: [UInt8](repeating: 0x20, count: DocumentReader.maximumSize + 1))
        }
    }

    @Test func aTreesNodesFollowFromOneAnother() throws {
        let text = JSONRenderer().render(try Sample.forks.summary())
        let place = try #require(text.range(of: "\"depth\": 1"))
        let bytes = Array(text.replacingCharacters(in: place, with: "\"depth\": 70").utf8)
        #expect(throws: DocumentProblem.outOfRange("depth")) { try Summary(json: bytes) }
    }

    @Test func aProfilesFramesAreThere() throws {
        let run = RunDocument(
            summary: try Sample.run.summary(), version: "1", ended: 0, status: 0, omittedOutput: 0)
        let text = run.json
        let samples = try #require(text.range(of: "\"samples\": ["))
        let frames = try #require(text.range(of: "[", range: samples.upperBound..<text.endIndex))
        let bytes = Array(text.replacingCharacters(in: frames, with: "[4000000,").utf8)
        #expect(throws: DocumentProblem.outOfRange("frames")) { try RunDocument(json: bytes) }
    }

    @Test func timesAreReadInTheirForms() {
        #expect(UTCTime.text(1_764_245_000) == "2025-11-27 12:03:20 UTC")
        for text in ["2025-11-27 12:03:20 UTC", "2025-11-27 12:03:20"] {
            #expect(UTCTime.seconds(text) == 1_764_245_000)
        }
        #expect(UTCTime.seconds("2025-11-27 12:03") == 1_764_244_980)
        #expect(UTCTime.seconds("2025-11-27") == 1_764_201_600)
        for text in ["", "2025-11-27 12", "27.11.2025", "2025-11-27x", "2h"] {
            #expect(UTCTime.seconds(text) == nil, "\(text)")
        }
    }
}
