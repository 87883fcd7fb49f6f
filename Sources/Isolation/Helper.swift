internal import CIsolation
import Glibc

/// A process of this same program that works on what must not be trusted, as nobody, without network, without
/// writing, and within limits (``HelperProcess`` is the other side).
///
/// It answers one question after another. It may ask for files that nobody can open (``FileKeeper`` decides on each),
/// and lives no longer than this object, nor than the process that asks.
public final class Helper {
    /// What it may use; the time is each answer's, the rest the process's.
    private let limits: HelperLimits
    private let keeper: FileKeeper
    /// Its process.
    public let process: Int32
    private let channel: HelperChannel
    private var isConfined = false
    private var hasEnded = false
    /// Whether it may be asked: it has not failed, and has not been asked for the last time.
    public private(set) var takesQuestions = true
    /// How often it has answered.
    public private(set) var answers = 0

    private init(_ process: pid_t, _ socket: Int32, _ limits: HelperLimits, _ keeper: FileKeeper) {
        self.process = process
        self.channel = HelperChannel(socket: socket)
        self.limits = limits
        self.keeper = keeper
    }

    deinit { end() }

    /// Starts the program anew.
    ///
    /// - Parameters:
    ///   - limits: What the process may use.
    ///   - executable: The program; this one.
    ///   - mayHave: Whether an opened regular file may be handed to the helper, which hears of ENOEXEC otherwise.
    /// - Returns: The helper, which may not have begun yet.
    /// - Throws: ``HelperFailure/notStarted(_:)``.
    public static func start(
        limits: HelperLimits = .standard, executable: String = "/proc/self/exe",
        mayHave: @escaping (_ descriptor: Int32) -> Bool = { _ in false }
    ) throws(HelperFailure) -> Helper {
        let (ours, theirs) = try socketPair()
        defer { close(theirs) }
        do throws(HelperFailure) {
            let process = try spawn(executable, theirs, limits)
            return Helper(process, ours, limits, FileKeeper(mayHave: mayHave))
        } catch {
            close(ours)
            throw error
        }
    }

    /// Splits the process off this one, which takes a tenth of the time of ``start(limits:executable:mayHave:)``.
    ///
    /// Only while this process has a single thread, as nobody else's locks must be held in the copy; and before it
    /// has read what the helper is not to see.
    ///
    /// - Parameters:
    ///   - limits: What the process may use.
    ///   - mayHave: Whether an opened regular file may be handed to the helper.
    ///   - serve: What the copy does: ``HelperProcess/serve(limits:parent:_:)``.
    /// - Returns: The helper, which may not have begun yet.
    /// - Throws: ``HelperFailure/notStarted(_:)``.
    public static func fork(
        limits: HelperLimits = .standard, mayHave: @escaping (_ descriptor: Int32) -> Bool,
        serve: (_ limits: HelperLimits, _ parent: Int32) -> Never
    ) throws(HelperFailure) -> Helper {
        let (ours, theirs) = try socketPair()
        defer { close(theirs) }
        let parent = getpid()
        let process = isolation_fork(theirs)
        if process == 0 { serve(limits, parent) }
        guard process > 0 else {
            close(ours)
            throw .notStarted(-process)
        }
        return Helper(process, ours, limits, FileKeeper(mayHave: mayHave))
    }

    /// Asks it one thing; after a failure the process is gone, and no further question has an answer.
    ///
    /// Blocks the calling thread.
    ///
    /// - Parameters:
    ///   - request: What it is asked.
    ///   - isLast: Whether it ends with its answer, which saves the time to wait for that later.
    /// - Returns: The answer.
    /// - Throws: What went wrong.
    public func ask(_ request: [UInt8], isLast: Bool = false) throws(HelperFailure) -> [UInt8] {
        guard takesQuestions else { throw .garbled }
        if isLast { takesQuestions = false }
        let deadline = ContinuousClock.now + limits.time
        var refusal: Int32?
        do throws(HelperChannel.Failure) {
            if !isConfined {
                let first = try channel.receive(until: deadline)
                if first.kind == .notConfined { refusal = HelperChannel.code(first.bytes) }
                guard first.kind == .confined else { throw .garbled }
                isConfined = true
            }
            try channel.send(isLast ? .lastRequest : .request, request)
            let bytes = try answer(until: deadline)
            answers += 1
            return bytes
        } catch {
            let status = finish(isEnding: true)
            if let refusal { throw .notConfined(refusal) }
            switch error {
            case .outOfTime: throw .outOfTime(limits.time)
            case .garbled: throw .garbled
            case .ended: throw status & 0x7F != 0 ? .crashed(signal: status & 0x7F) : .garbled
            }
        }
    }

    /// Ends the process, if it has not ended.
    public func end() {
        if !hasEnded { _ = finish(isEnding: false) }
    }

    /// Serves the helper's wishes until it answers.
    private func answer(until deadline: ContinuousClock.Instant) throws(HelperChannel.Failure) -> [UInt8] {
        while true {
            let message = try channel.receive(until: deadline)
            if let descriptor = message.descriptor { close(descriptor) }
            switch message.kind {
            case .answer: return message.bytes
            case .open:
                let opened = keeper.open(String(decoding: message.bytes, as: UTF8.self))
                defer { if opened >= 0 { close(opened) } }
                try channel.send(
                    .opened, HelperChannel.bytes(ofCode: max(-opened, 0)), descriptor: max(opened, -1))
            case .program:
                switch keeper.program(ofProcess: message.bytes) {
                case .success(let path):
                    try channel.send(.named, HelperChannel.bytes(ofCode: 0) + path.utf8)
                case .failure(let refusal):
                    try channel.send(.named, HelperChannel.bytes(ofCode: refusal.code))
                }
            default: throw .garbled
            }
        }
    }

    /// Ends the process.
    ///
    /// - Parameter isEnding: Whether its stream has ended or went wrong: how it ends by itself is worth waiting for a
    ///   little.
    /// - Returns: Its wait status.
    private func finish(isEnding: Bool) -> Int32 {
        hasEnded = true
        takesQuestions = false
        close(channel.socket)
        var status: Int32 = 0
        for _ in 0..<(isEnding ? 100 : 0) {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status }
            guard ended == 0 || errno == EINTR else { return 0 }
            usleep(1000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func spawn(
        _ executable: String, _ socket: Int32, _ limits: HelperLimits
    ) throws(HelperFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in 0...2 {
            posix_spawn_file_actions_addopen(&actions, Int32(stream), "/dev/null", O_RDWR, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, socket, HelperProcess.socket)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = HelperProcess.arguments(limits: limits, parent: getpid())
        var arguments = words.map { strdup($0) } + [nil]
        // A crash is told by its signal; Swift's own report of it would go nowhere and take its time.
        var environment = [strdup("SWIFT_BACKTRACE=enable=no"), nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, executable, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw .notStarted(code) }
        return process
    }

    private static func socketPair() throws(HelperFailure) -> (Int32, Int32) {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .notStarted(errno) }
        return (pair[0], pair[1])
    }
}
