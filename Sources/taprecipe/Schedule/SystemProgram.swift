import Diagnostics
import Engine
import Glibc
import StapMessages
import Synchronization

/// Other programs that are asked something.
enum SystemProgram {
    /// Where a program is.
    static func path(_ name: String) -> String? {
        Surroundings.searchPath.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs one to its end: its exit status, and what it said on standard error, by line.
    static func run(_ name: String, _ arguments: [String]) async throws -> (status: Int32, said: [String]) {
        guard let path = path(name) else { throw UsageError("found no program '\(name)'") }
        let said = Mutex((LineSplitter(maximumLength: 1 << 12), [String]()))
        let status = try await ChildProcess.tiedToOurLife(path, arguments).run(
            started: { _ in }, output: { _ in },
            error: { bytes in
                said.withLock { said in
                    var lines: [String] = []
                    said.0.feed(Array(bytes)[...]) { lines.append(Console.safe(Array($0))) }
                    said.1 += lines
                }
            })
        let lines = said.withLock { $0.1 }.filter { !$0.isEmpty }
        if case .exited(let code) = status { return (code, lines) }
        return (-1, lines)
    }
}
