import Archives
import Foundation
import TestSupport
import Testing

@testable import Report
@testable import RunBundles

/// Runs in one file.
@Suite struct BundleTests {
    static let recipe = Array("name: r\n# 日本\n".utf8)

    static func summary() -> Summary {
        Summary(
            facts: RunFacts(recipe: "r", hosts: ["web1"], end: .timeout),
            verdict: Verdict.of(end: .timeout, recordCount: 1, losses: []), losses: [],
            recordCounts: [.init(name: "call", count: 1, isFollower: false, pattern: "call {n}")], tables: [],
            trees: [], histograms: [], stacks: [], distinctStackCount: 0, profiles: [], frames: [],
            unmatchedExamples: [], messages: [])
    }

    static func bundle(_ lines: [String] = ["one", "two"], maximum: Int = RunOutput.maximumSize) -> RunBundle
    {
        let output = RunOutput(maximum: maximum)
        for line in lines { output.add(Array(line.utf8)) }
        return RunBundle(recipe: recipe, output: output) {
            RunDocument(summary: summary(), version: "0.1.0", ended: 5, status: 0, omittedOutput: $0)
        }
    }

    @Test func whatWasWrittenIsReadBack() throws {
        let lines = (0..<20_000).map { "line \($0 * 7919 % 10_007) of the output" }
        let bundle = Self.bundle(lines)
        let read = try RunBundle(reading: bundle.bytes)
        #expect(read.document == bundle.document)
        #expect(try read.recipes() == [Self.recipe])
        #expect(try read.output() == Array(lines.map { $0 + "\n" }.joined().utf8))
        #expect(RunBundle.isBundle(bundle.bytes) && !RunBundle.isBundle(Array("{}".utf8)))
    }

    @Test func theRecipesThatAreExtendedAreInIt() throws {
        let bases = (1...8).map { Array("name: base-\($0)\n".utf8) }
        let bundle = RunBundle(recipe: Self.recipe, bases: bases, output: RunOutput()) { _ in
            Self.bundle().document
        }
        #expect(try RunBundle(reading: bundle.bytes).recipes() == [Self.recipe] + bases)
    }

    @Test func anOutputWithoutRoomIsCutAtALineAndCounted() throws {
        let bundle = Self.bundle(["12345", "12345", "1", "12345"], maximum: 12)
        #expect(try bundle.output() == Array("12345\n12345\n".utf8))
        #expect(bundle.document.omittedOutput == 8)
    }

    @Test func anOutputThatStartsAgainForgetsTheFirst() throws {
        let output = RunOutput()
        for number in 0..<10_000 { output.add(Array("first \(number)".utf8)) }
        output.clear()
        output.add(Array("second".utf8))
        let (content, omitted) = output.finish()
        #expect(content.inflated() == Array("second\n".utf8) && omitted == 0)
    }

    /// Python's zipfile checks every header and checksum.
    @Test func otherProgramsReadTheArchive() throws {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("run.zip")
        try Data(Self.bundle().bytes).write(to: file)
        let script = """
            import sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            assert archive.testzip() is None
            for item in archive.infolist():
                print(item.filename, item.file_size, oct(item.external_attr >> 16), item.date_time[0])
            print(archive.read("output.txt"))
            """
        let output = try TestTool.output(of: "python3", ["-c", script, file.path])
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(
            lines.dropFirst() == [
                "recipe.yaml 17 0o100600 1980", "output.txt 8 0o100600 1980", #"b'one\ntwo\n'"#,
            ])
        #expect(lines.first?.hasPrefix("run.json ") == true)
    }

    @Test func archivesOfOtherProgramsAreRead() throws {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("run.zip")
        let json = folder.appendingPathComponent("run.json")
        let bundle = Self.bundle()
        try Data(bundle.document.json.utf8).write(to: json)
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(sys.argv[2], "run.json")
                archive.writestr("output.txt", "one\\n", zipfile.ZIP_DEFLATED)
            """
        _ = try TestTool.output(of: "python3", ["-c", script, file.path, json.path])
        let read = try RunBundle(reading: Array(try Data(contentsOf: file)))
        #expect(read.document == bundle.document)
        #expect(try read.output() == Array("one\n".utf8))
        #expect(throws: RunBundleProblem.missing("recipe.yaml")) { try read.recipes() }
    }

    @Test func damageIsFoundOrChangesNothing() throws {
        let bundle = Self.bundle()
        var random = SeededGenerator()
        for _ in 0..<SeededGenerator.rounds(3_000) {
            var bytes = bundle.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            guard let read = try? RunBundle(reading: bytes) else { continue }
            #expect(read.document == bundle.document, "seed \(random.seed)")
            if let output = try? read.output() {
                #expect(output == (try bundle.output()), "seed \(random.seed)")
            }
        }
    }

    @Test func aBundleThatIsCutShortIsNone() {
        let bytes = Self.bundle().bytes
        for count in 0..<bytes.count {
            #expect(throws: RunBundleProblem.self) { try RunBundle(reading: Array(bytes.prefix(count))) }
        }
    }

    @Test func whatInflatesToMoreThanItSaysTakesNoMoreMemory() throws {
        let honest = Deflated([UInt8](repeating: 0, count: 50 << 20))
        #expect(honest.bytes.count < 1 << 20)
        var liar = honest
        liar.count = 100
        #expect(liar.inflated() == nil)
        func archive(_ content: Deflated) -> [UInt8] {
            ZipArchive([.init(name: "run.json", content: content)]).bytes
        }
        #expect(throws: RunBundleProblem.damaged("run.json")) { try RunBundle(reading: archive(liar)) }
        liar.count = 4_000_000_000
        #expect(throws: RunBundleProblem.tooLarge("run.json", bytes: 4_000_000_000)) {
            try RunBundle(reading: archive(liar))
        }
    }

    @Test func anotherArchiveIsToldApart() throws {
        let bytes = ZipArchive([.init(name: "letter.txt", content: Deflated(Array("hello".utf8)))]).bytes
        let problem = try #require(throws: RunBundleProblem.self) { try RunBundle(reading: bytes) }
        #expect(
            "\(problem)" == "found an archive without 'run.json', expected what 'taprecipe export' writes")
        let other = ZipArchive([.init(name: "run.json", content: Deflated(Array("{}".utf8)))]).bytes
        #expect(throws: RunBundleProblem.document(.otherFormat(found: nil))) { try RunBundle(reading: other) }
    }
}
