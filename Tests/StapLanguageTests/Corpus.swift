import Diagnostics
import Foundation
import StapLanguage
import TestSupport

/// The scripts that Debian's systemtap-common and systemtap-doc install, and what stap -p1 says of them.
enum Corpus {
    static let tapset = "/usr/share/systemtap/tapset"
    static let examples = "/usr/share/systemtap/examples"
    static let release = InstalledKernel.release
    static let arguments = ["10", "20", "30", "40", "50", "60"]

    /// How stap was asked.
    enum Mode: String {
        case plain, guru, args
    }

    struct Verdict: CustomStringConvertible {
        var digest: String
        var isAccepted: Bool
        var mode: Mode
        var path: String
        var description: String { "\(path) (\(mode))" }
    }

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/StapLanguage")

    static func fixture(_ name: String) throws -> [String] {
        try String(contentsOf: fixtures.appendingPathComponent(name), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    static func verdicts() throws -> [Verdict] {
        try fixture("p1-verdicts.txt").map { line in
            let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
            return Verdict(
                digest: parts[0], isAccepted: parts[1] == "accept", mode: Mode(rawValue: parts[2]) ?? .guru,
                path: parts[3])
        }
    }

    static func source(_ path: String) throws -> SourceFile {
        SourceFile(name: path, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// FNV-1a, as Scripts/renew-p1-verdicts computes it.
    static func digest(_ bytes: [UInt8]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    static func facts(_ mode: Mode) throws -> PreprocessorFacts {
        var facts = PreprocessorFacts(kernelRelease: release)
        facts.guru = mode != .plain
        facts.arguments = mode == .args ? arguments : []
        facts.configuration = try configuration.get()
        return facts
    }

    static func options(_ mode: Mode, withLibrary: Bool = true) throws -> ScriptParser.Options {
        ScriptParser.Options(
            facts: try facts(mode), macros: withLibrary ? try library.get() : MacroLibrary())
    }

    private static let configuration = Result<[String: String], any Error> {
        let text = try String(contentsOfFile: "/boot/config-\(release)", encoding: .utf8)
        return PreprocessorFacts.options(ofConfiguration: text)
    }

    /// The macros of the folders that stap reads for the kernel runtime on x86_64.
    private static let library = Result<MacroLibrary, any Error> {
        var sources: [SourceFile] = []
        for folder in MacroLibrary.folders(for: PreprocessorFacts()) {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(tapset)/\(folder)")) ?? []
            for file in files.sorted() where file.hasSuffix(".stpm") {
                sources.append(try source("\(tapset)/\(folder)/\(file)"))
            }
        }
        guard !sources.isEmpty else { throw Missing() }
        var facts = PreprocessorFacts(kernelRelease: release)
        facts.configuration = try configuration.get()
        return try MacroLibrary(sources, facts: facts)
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "no tapset: apt-get install systemtap-common systemtap-doc linux-image-amd64"
        }
    }

    /// Asks the real stap whether it accepts a script.
    static func stapAccepts(_ path: String, mode: Mode, tapset: String? = nil) throws -> Bool {
        try stapDump(path, mode: mode, tapset: tapset) != nil
    }

    /// The real stap's own dump of its tree of a script, or nil where it refuses it.
    static func stapDump(_ path: String, mode: Mode, tapset: String? = nil) throws -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/stap")
        process.arguments =
            ["-w", "-r", release, "-p1"] + (mode == .plain ? [] : ["-g"]) + [path]
            + (mode == .args ? arguments : [])
        if let tapset {
            process.environment = ProcessInfo.processInfo.environment.merging(["SYSTEMTAP_TAPSET": tapset]) {
                $1
            }
        }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let dump = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        // The lines that begin with '#' name the file.
        return String(decoding: dump, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .joined(separator: "\n")
    }

    /// Runs with a file of these bytes, in a folder of its own that is empty but for it.
    static func withFile<Value>(_ bytes: [UInt8], _ body: (String, String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "stap-\(UUID().uuidString)")
        let empty = folder.appendingPathComponent("tapset")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("script.stp")
        try Data(bytes).write(to: file)
        return try body(file.path, empty.path)
    }
}
