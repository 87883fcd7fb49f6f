import DebugInfo
import Diagnostics
import Glibc

/// Gets from debuginfod's servers what debug information is missing here, between two looks at a script.
///
/// It uses the network only where `DEBUGINFOD_URLS` names servers, and asks for each build once.
final class DebugInfoFetcher {
    /// What has come so far.
    private(set) var remote: RemoteDebugFiles

    private let console: Console
    /// Ends a transfer; nil where only the user and the transfer's own limits do.
    private let deadline: DeadlineWatch?
    private let limits: DebuginfodClient.Limits
    private let cache: String?
    private var client: DebuginfodClient?

    /// The most that a transfer may take where `DEBUGINFOD_MAXTIME` (seconds) and `DEBUGINFOD_MAXSIZE` (bytes)
    /// say nothing; libdebuginfod itself sets no end.
    private static let limits = DebuginfodClient.Limits(time: .seconds(120), size: 4 << 30)

    init(
        console: Console, environment: [String: String] = Surroundings.environment,
        deadline: DeadlineWatch? = nil
    ) {
        self.console = console
        self.deadline = deadline
        // Newer versions of elfutils know words such as 'ima:enforcing' between the URLs.
        let words = (environment["DEBUGINFOD_URLS"] ?? "").split(separator: " ").map(String.init)
        remote = RemoteDebugFiles(servers: words.filter { $0.contains("://") })
        cache = Self.cache(environment)
        func number(_ name: String) -> UInt64? {
            environment[name].flatMap(UInt64.init).flatMap { $0 > 0 ? $0 : nil }
        }
        limits = DebuginfodClient.Limits(
            time: number("DEBUGINFOD_MAXTIME").map { .seconds($0) } ?? Self.limits.time,
            size: number("DEBUGINFOD_MAXSIZE") ?? Self.limits.size)
    }

    /// Where libdebuginfod keeps its files, by its own rules.
    private static func cache(_ environment: [String: String]) -> String? {
        func folder(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = folder("DEBUGINFOD_CACHE_PATH") { return path }
        let home = environment["HOME"] ?? "/"
        let old = "\(home)/.debuginfod_client_cache"
        if access(old, F_OK) == 0 { return old }
        return (folder("XDG_CACHE_HOME") ?? "\(home)/.cache") + "/debuginfod_client"
    }

    /// Asks for what has not been asked for yet; that a server has it not, or fails, is noted in ``remote``.
    ///
    /// - Returns: Whether anything was asked, so that another look may see more.
    /// - Throws: ``Exit`` where the user interrupts it, ``EngineError`` where the deadline comes.
    func fetch(_ missing: [MissingDebugInfo]) throws -> Bool {
        guard !remote.servers.isEmpty else { return false }
        let unasked = missing.filter { !remote.wasAsked(for: $0.buildID) }
        for debugInfo in unasked where !remote.wasAsked(for: debugInfo.buildID) {
            guard let deadline else {
                try ask(for: debugInfo)
                continue
            }
            try deadline.transferring { try ask(for: debugInfo) }
        }
        return !unasked.isEmpty
    }

    private func ask(for debugInfo: MissingDebugInfo) throws {
        do throws(DebuginfodError) {
            remote.files[debugInfo.buildID] = try fetch(debugInfo)
        } catch {
            guard error != .interrupted else { throw Exit(.interrupted) }
            remote.failures[debugInfo.buildID] = error
        }
    }

    private func fetch(_ debugInfo: MissingDebugInfo) throws(DebuginfodError) -> String {
        let client: DebuginfodClient
        if let known = self.client { client = known } else { client = try DebuginfodClient(cache: cache) }
        self.client = client
        let line = TransferLine(console: console, program: debugInfo.path)
        defer { line.erase() }
        let interrupt = InterruptWatch()
        defer { interrupt.end() }
        return try client.fetch(debugInfo.buildID, limits: limits) { progress in
            line.draw(progress)
            return !interrupt.wasInterrupted && deadline?.hasCome != true
        }
    }
}

/// The line on a terminal that says how far a transfer is; nothing elsewhere.
private final class TransferLine {
    private let console: Console
    private let program: String
    private var drawn: ContinuousClock.Instant?

    init(console: Console, program: String) {
        self.console = console
        self.program = program.split(separator: "/").last.map(String.init) ?? program
    }

    /// Redraws it, four times a second at most.
    func draw(_ progress: DebuginfodClient.Progress) {
        let now = ContinuousClock.now
        guard console.errorIsTerminal, drawn.map({ now - $0 >= .milliseconds(250) }) ?? true else { return }
        drawn = now
        var text = "fetching debug information of \(Console.safe(Array(program.utf8)))"
        if let received = progress.received, let total = progress.total {
            text += ": \(Self.mebibytes(received)) of \(Self.mebibytes(total)) MiB"
        } else {
            text += ": waiting for a server"
        }
        console.complain("\r\u{1B}[K\("\(text); Ctrl-C ends".prefix(max(console.width - 1, 20)))")
    }

    func erase() {
        if drawn != nil { console.complain("\r\u{1B}[K") }
        drawn = nil
    }

    private static func mebibytes(_ bytes: UInt64) -> String {
        let tenths = bytes / (1 << 20) * 10 + bytes % (1 << 20) * 10 / (1 << 20)
        return "\(tenths / 10).\(tenths % 10)"
    }
}
