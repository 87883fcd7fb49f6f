import Diagnostics
import Engine
import FoundationEssentials
import Glibc
import RecipeModel
import Report
import Synchronization

/// One real run of a recipe on a program that does what is known, by one engine.
///
/// It is a `taprecipe run` of its own: what a run gives up (rights, above all) the next one needs again.
struct LiveRun {
    let recipe: Recipe
    let live: LiveExpectation
    let arguments: [String: ParameterValue]
    let engine: EngineChoice
    let allowsGuru: Bool
    /// The folders of `--recipes`.
    let folders: [String]
    /// What passes interrupts on to it.
    let running: RunningCommands

    /// The most bytes that are kept of what it says.
    private static let mostSaid = 16 << 20

    /// What came of it.
    enum Outcome {
        /// It ran; the summary, and what was said on standard error.
        case ran(Summary, said: String)
        /// The engine cannot run it here, for these reasons.
        case cannot(String)
        /// It failed.
        case failed(String)
    }

    /// Runs to the end.
    ///
    /// - Throws: Where it cannot be started, or its files cannot be made, and an ``Exit`` where it was interrupted.
    func outcome() async throws -> Outcome {
        let folder = try TestFolder()
        let output = folder.path + "/summary.json"
        let (status, text) = try await run(
            Subcommand(words: words(output: output), folder: folder.path, running: running))
        if status == .exited(ExitStatus.interrupted.rawValue) { throw Exit(.interrupted) }
        if let bytes = try? InputFile(path: output).read(limit: 64 << 20), !bytes.isEmpty {
            return .ran(try Summary(json: bytes), said: text)
        }
        // Neither the machine nor the program that is to be traced is the recipe's fault.
        let isOfMachine = [ExitStatus.noEngine, .usage, .checkFailed].contains {
            status == .exited($0.rawValue)
        }
        return isOfMachine ? .cannot(text) : .failed(text)
    }

    /// Runs the command; how it ended, and what it said on standard error.
    private func run(_ command: Subcommand) async throws -> (ChildProcess.Status, String) {
        let said = Mutex<[UInt8]>([])
        let status = try await command.run(error: { bytes in
            said.withLock { $0 += bytes.prefix(Self.mostSaid - $0.count) }
        })
        return (status, said.withLock { String(decoding: $0, as: UTF8.self) })
    }

    private func words(output: String) -> [String] {
        var words = ["run", Surroundings.absolute(recipe.source.name)]
        for parameter in recipe.parameters {
            guard let value = arguments[parameter.name] else { continue }
            words.append("--\(parameter.name)=\(Self.shipped(value))")
        }
        words += folders.flatMap { ["--recipes", Surroundings.absolute($0)] }
        if allowsGuru { words.append("--allow-guru") }
        words += ["--engine", engine.rawValue, "--timeout", "30s", "--format", "json", "--output", output]
        words += ["--store", "none"]
        return words + ["--"] + live.command.map(Self.shipped)
    }

    private static func shipped(_ value: ParameterValue) -> String {
        switch value {
        case .executable(let path), .path(let path): shipped(path)
        default: value.text
        }
    }

    /// The path of what is shipped; every other word as it is.
    private static func shipped(_ word: String) -> String {
        word.hasPrefix("live/") ? "\(Surroundings.shippedFolder)/\(word)" : word
    }
}

/// A folder that is gone with its value.
final class TestFolder {
    let path: String

    init() throws {
        var template = Array("/var/tmp/taprecipe-live-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemFailure(action: "cannot make a folder in /var/tmp", code: errno)
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
