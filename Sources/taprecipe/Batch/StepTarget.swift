import Diagnostics
import Glibc
import RecipeModel

/// What a step traces.
struct StepTarget {
    var pid: Int32?
    var command: [String]?
    /// The parameter `binary`.
    var binary: ArgumentBinder.Argument?

    /// Nothing but what the parameters say.
    init() {}

    /// Reads the file that a process id is in.
    ///
    /// - Throws: A ``DiagnosticsError`` that says what is wrong, at its place.
    init(_ target: RunbookStep.Target, of recipe: Recipe) throws {
        switch target {
        case .none: break
        case .pid(let text): pid = try Self.pid(text.value, at: text.range)
        case .pidFile(let text):
            let path = text.value
            let content: [UInt8]
            do {
                content = try InputFile(path: path).read(limit: 64)
            } catch let error as SystemFailure {
                throw DiagnosticsError(.error(error.diagnostic.message, at: text.range))
            }
            let word = String(decoding: content, as: UTF8.self).split { $0.isWhitespace }.first
            pid = try Self.pid(word.map(String.init) ?? "", at: text.range, of: path)
        case .command(let words): command = words.map(\.value)
        case .binary(let text):
            guard recipe.parameters.contains(where: { $0.name == "binary" }) else {
                throw DiagnosticsError(
                    .error("recipe '\(recipe.name)' has no parameter 'binary'", at: text.range))
            }
            binary = .init("binary", Array(text.value.utf8), at: text.range)
        }
        if recipe.needsTarget, pid == nil, command == nil {
            throw UsageError(
                "recipe '\(recipe.name)' needs a process to trace",
                notes: ["state it under 'target', as 'pid', 'pid-file' or 'command'"])
        }
    }

    private static func pid(_ text: String, at range: SourceRange, of file: String? = nil) throws -> Int32 {
        let found = file.map { "'\($0)' holds '\(text)'" } ?? "'pid' is '\(text)'"
        // The kernel's PID_MAX_LIMIT.
        guard let pid = Int32(text), (1...4_194_304).contains(pid) else {
            throw DiagnosticsError(.error("\(found), expected a process id from 1 to 4194304", at: range))
        }
        guard access("/proc/\(pid)", F_OK) == 0 else {
            throw DiagnosticsError(.error("\(found), but no process has that id", at: range))
        }
        return pid
    }
}
