import Diagnostics
import Foundation
import Resolver
import StapLanguage
import TestSupport
import Testing

/// Runs a tool quietly; what it prints comes back with its exit status.
func run(_ tool: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
}

/// A tool that the tests need is missing or fails.
struct ToolFailure: Error, CustomStringConvertible {
    var description: String
}

/// The programs that the scripts probe, compiled once a run.
struct Programs {
    let folder: URL
    let shapes: String
    let optimized: String
    let classes: String
    let shop: String
    /// The addresses of the symbols of each, by its letter.
    private let addresses: [String: [String: UInt64]]

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/Resolver")

    static let shared = Result { try Programs() }

    private init() throws {
        var template = Array("/tmp/taprecipe-resolver-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ToolFailure(description: "mkdtemp failed") }
        folder = URL(fileURLWithPath: template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
        shapes = folder.appendingPathComponent("shapes").path
        optimized = folder.appendingPathComponent("optimized").path
        classes = folder.appendingPathComponent("classes").path
        shop = folder.appendingPathComponent("marks").path
        for (source, options, output) in [
            ("shapes.c", ["-g", "-O0"], shapes), ("optimized.c", ["-g", "-O2"], optimized),
            ("classes.cc", ["-g", "-gdwarf-4", "-O0"], classes),
            ("../DebugInfo/shop.c", ["-g", "-O2"], shop),
            ("shapes.c", ["-O0", "-s"], shapes + "-stripped"),
        ] {
            let path = Self.fixtures.appendingPathComponent(source).path
            guard try run(source.hasSuffix("cc") ? "g++" : "gcc", options + ["-o", output, path]).status == 0
            else {
                throw ToolFailure(
                    description: "gcc does not compile \(source): apt-get install g++ libc6-dev")
            }
        }
        let interpreters = [
            ("script", shapes), ("flagged", "\(shapes) -x"),
            ("orphan", folder.appendingPathComponent("missing").path),
        ]
        for (name, interpreter) in interpreters {
            let script = "\(shapes)-\(name)"
            try "#!\(interpreter)\n".write(toFile: script, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        }
        addresses = try ["S": shapes, "O": optimized, "C": classes, "M": shop].mapValues { path in
            try Self.addresses(in: path)
        }
        let folder = folder
        Self.removeAtExit(folder)
    }

    nonisolated(unsafe) private static var toRemove: URL?

    private static func removeAtExit(_ folder: URL) {
        toRemove = folder
        atexit { if let folder = Programs.toRemove { try? FileManager.default.removeItem(at: folder) } }
    }

    /// A case's script with the programs' paths and addresses; `Scripts/renew-p2-verdicts` says how it names them.
    func script(_ text: String) -> String {
        var text = text.replacingOccurrences(of: "⏎", with: "\n")
        for (mark, path) in [
            ("@S@", shapes), ("@O@", optimized), ("@C@", classes), ("@M@", shop), ("@N@", Self.nginx),
        ] {
            text = text.replacingOccurrences(of: mark, with: path)
        }
        return text.replacing(Self.addressMark) { match in
            let symbol = addresses[String(match.output.1)]?[String(match.output.2)] ?? 0
            return "0x" + String(symbol + (match.output.3.flatMap { UInt64($0) } ?? 0), radix: 16)
        }
    }

    nonisolated(unsafe) private static let addressMark = #/@([A-Z]):(\w+?)(?:\+(\d+))?@/#

    /// The symbols of a program, by `nm`.
    private static func addresses(in path: String) throws -> [String: UInt64] {
        let lines = try run("nm", [path]).output.split(separator: "\n").map { $0.split(separator: " ") }
        let pairs = lines.filter { $0.count == 3 }.map { (String($0[2]), UInt64($0[0], radix: 16) ?? 0) }
        return Dictionary(pairs) { _, last in last }
    }

    /// The nginx that `Scripts/nginx.sh` built, the newest.
    static let nginx: String = {
        let cache = fixtures.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".cache").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        let paths = names.sorted().filter { $0.hasPrefix("nginx-") }.map { "\(cache)/\($0)/nginx" }
        return paths.last { FileManager.default.isExecutableFile(atPath: $0) } ?? "run Scripts/nginx.sh"
    }()

    /// The tapset that is installed here, and what it is read with.
    static let tapset: Result<Tapset, any Error> = Result {
        let facts = PreprocessorFacts(configuration: kernelConfiguration)
        let folder = "/usr/share/systemtap/tapset"
        let files = { (suffix: String) in
            MacroLibrary.folders(for: facts).reversed().flatMap { part in
                let path = part.isEmpty ? folder : "\(folder)/\(part)"
                let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                return names.filter { $0.hasSuffix(suffix) }.sorted().map { "\(path)/\($0)" }
            }
        }
        let texts = (files(".stp") + files(".stpm")).reduce(into: [String: [UInt8]]()) { texts, path in
            texts[path] = FileManager.default.contents(atPath: path).map { Array($0) }
        }
        let read = { @Sendable (path: String) -> [UInt8]? in texts[path] }
        guard !files(".stp").isEmpty else {
            throw ToolFailure(description: "\(folder) is empty: apt-get install systemtap-common")
        }
        let sources = files(".stpm").compactMap { path in read(path).map { SourceFile(name: path, bytes: $0) }
        }
        let macros = try MacroLibrary(sources, facts: facts)
        return Tapset(paths: files(".stp"), options: .init(facts: facts, macros: macros), read: read)
    }

    private static var kernelConfiguration: [String: String] {
        let text = try? String(contentsOfFile: "/boot/config-\(InstalledKernel.release)", encoding: .utf8)
        return PreprocessorFacts.options(ofConfiguration: text ?? "")
    }

    /// What the resolver makes of a script that runs with `-g`.
    func resolve(_ text: String, _ context: ResolverContext = ResolverContext()) throws -> ResolvedScript {
        let tapset = try Self.tapset.get()
        var options = tapset.options
        options.isTapset = false
        options.facts.guru = true
        var context = context
        context.tapset = tapset
        let source = SourceFile(name: "case", text: script(text))
        return try Resolver.resolve(try ScriptParser.parse(source, options: options), in: context)
    }

    /// Whether the resolver takes a script as stap does; `-g ` before it stands for guru mode.
    func accepts(_ text: String) throws -> (Bool, [Diagnostic]) {
        let isGuru = text.hasPrefix("-g ")
        do {
            let script = try resolve(isGuru ? String(text.dropFirst(3)) : text)
            return (!script.traits.doesNothing && (isGuru || !script.traits.needsGuru), script.warnings)
        } catch let error as DiagnosticsError {
            return (false, error.diagnostics)
        }
    }

    /// The messages of what is wrong with a script, with their notes.
    func complaints(_ text: String, _ context: ResolverContext = ResolverContext()) throws -> [Diagnostic] {
        do {
            _ = try resolve(text, context)
            return []
        } catch let error as DiagnosticsError {
            return error.diagnostics
        }
    }
}
