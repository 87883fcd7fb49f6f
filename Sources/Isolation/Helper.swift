import Glibc

/// A process of this same program that works on what must not be trusted, as nobody, without network, without
/// writing, and within limits (``HelperProcess`` is the other side).
///
/// It may ask for files that nobody cannot open; `mayHave` decides on each. The helper lives no longer than the
/// question, nor than the process that asked.
public struct Helper: Sendable {
    /// What it may use.
    public var limits: HelperLimits
    /// The program; this one.
    public var executable: String
    /// Whether an opened regular file may be handed to the helper, which hears of ENOEXEC otherwise.
    public var mayHave: @Sendable (_ descriptor: Int32) -> Bool

    /// Creates a helper that gets no files.
    public init(
        limits: HelperLimits = .standard, executable: String = "/proc/self/exe",
        mayHave: @escaping @Sendable (Int32) -> Bool = { _ in false }
    ) {
        self.limits = limits
        self.executable = executable
        self.mayHave = mayHave
    }

    /// Starts the process, asks it one thing, and ends it.
    ///
    /// Blocks the calling thread.
    public func ask(_ request: [UInt8]) throws(HelperFailure) -> [UInt8] {
        let (ours, theirs) = try Self.socketPair()
        defer { close(ours) }
        let deadline = ContinuousClock.now + limits.time
        let process = try spawn(theirs)
        let result: Result<[UInt8], HelperChannel.Failure>
        var refusal: Int32?
        do throws(HelperChannel.Failure) {
            let channel = HelperChannel(socket: ours)
            let first = try channel.receive(until: deadline)
            if first.kind == .notConfined { refusal = Self.code(first.bytes) }
            guard first.kind == .confined else { throw .garbled }
            try channel.send(.request, request)
            result = .success(try answer(on: channel, until: deadline))
        } catch {
            result = .failure(error)
        }
        let status = Self.end(process, isDone: (try? result.get()) != nil)
        if let refusal { throw .notConfined(refusal) }
        switch result {
        case .success(let bytes): return bytes
        case .failure(.outOfTime): throw .outOfTime(limits.time)
        case .failure(.garbled): throw .garbled
        case .failure(.ended): throw status & 0x7F != 0 ? .crashed(signal: status & 0x7F) : .garbled
        }
    }

    /// Serves the helper's wishes until it answers.
    private func answer(
        on channel: HelperChannel, until deadline: ContinuousClock.Instant
    ) throws(HelperChannel.Failure) -> [UInt8] {
        while true {
            let message = try channel.receive(until: deadline)
            if let descriptor = message.descriptor { close(descriptor) }
            switch message.kind {
            case .answer: return message.bytes
            case .open:
                let opened = open(String(decoding: message.bytes, as: UTF8.self))
                defer { if opened >= 0 { close(opened) } }
                let code = withUnsafeBytes(of: (opened < 0 ? -opened : 0).littleEndian) { Array($0) }
                try channel.send(.opened, code, descriptor: max(opened, -1))
            default: throw .garbled
            }
        }
    }

    /// A descriptor for the helper, or a negative error number.
    private func open(_ path: String) -> Int32 {
        guard !path.utf8.contains(0) else { return -ENOENT }
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return -errno }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        guard isRegular, mayHave(descriptor) else {
            close(descriptor)
            return isRegular ? -ENOEXEC : -EACCES
        }
        return descriptor
    }

    private func spawn(_ socket: Int32) throws(HelperFailure) -> pid_t {
        defer { close(socket) }
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

    /// Ends the process if it has not ended, and returns its wait status.
    private static func end(_ process: pid_t, isDone: Bool) -> Int32 {
        var status: Int32 = 0
        // One whose stream ended is ending; how, is worth waiting for a little.
        for _ in 0..<(isDone ? 0 : 100) {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status }
            guard ended == 0 || errno == EINTR else { return 0 }
            usleep(1000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return isDone ? 0 : status
    }

    static func code(_ bytes: [UInt8]) -> Int32 {
        Int32(truncatingIfNeeded: bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) })
    }
}
