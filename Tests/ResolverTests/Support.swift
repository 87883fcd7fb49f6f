import Diagnostics
import Foundation
import Resolver
import StapLanguage
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

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/Resolver")

    static let shared = Result { try Programs() }

    private init() throws {
        var template = Array("/tmp/taprecipe-resolver-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ToolFailure(description: "mkdtemp failed") }
        folder = URL(fileURLWithPath: template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
        shapes = folder.appendingPathComponent("shapes").path
        optimized = folder.appendingPathComponent("optimized").path
        for (source, options, output) in [
            ("shapes.c", ["-g", "-O0"], shapes), ("optimized.c", ["-g", "-O2"], optimized),
            ("shapes.c", ["-O0", "-s"], shapes + "-stripped"),
        ] {
            let path = Self.fixtures.appendingPathComponent(source).path
            guard try run("gcc", options + ["-o", output, path]).status == 0 else {
                throw ToolFailure(
                    description: "gcc does not compile \(source): apt-get install gcc libc6-dev")
            }
        }
        let folder = folder
        Self.removeAtExit(folder)
    }

    nonisolated(unsafe) private static var toRemove: URL?

    private static func removeAtExit(_ folder: URL) {
        toRemove = folder
        atexit { if let folder = Programs.toRemove { try? FileManager.default.removeItem(at: folder) } }
    }

    /// A case's script with the programs' paths.
    func script(_ text: String) -> String {
        text.replacingOccurrences(of: "@S@", with: shapes).replacingOccurrences(of: "@O@", with: optimized)
    }

    /// What the resolver makes of a script.
    func resolve(_ text: String, _ context: ResolverContext = ResolverContext()) throws -> ResolvedScript {
        let options = ScriptParser.Options(facts: PreprocessorFacts(guru: true))
        let source = SourceFile(name: "case", text: script(text))
        return try Resolver.resolve(try ScriptParser.parse(source, options: options), in: context)
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
