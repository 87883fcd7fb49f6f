import Glibc

/// Turns SIGINT, SIGTERM and SIGHUP into elements of a stream, so that a run can end politely.
///
/// Handlers are installed rather than the signals ignored: an ignored signal stays ignored in the programs
/// that are started, a handled one is reset by exec (signal(7)).
struct InterruptSignals {
    /// What stands in the pipe for a signal that counts only as the first one.
    private static let firstOnly: UInt8 = 1

    /// An element for each signal that came.
    let stream: AsyncStream<Void>

    /// Installs the handlers; to be called once in a process.
    init() {
        var descriptors: [Int32] = [-1, -1]
        guard pipe(&descriptors) == 0 else {
            stream = AsyncStream { $0.finish() }
            return
        }
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        interruptPipe = descriptors[1]
        let readEnd = descriptors[0]
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        // A thread of its own: the read blocks for as long as the process lives.
        let box = Unmanaged.passRetained(Reader(descriptor: readEnd, continuation: continuation))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { raw in
                Unmanaged<Reader>.fromOpaque(raw!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in
                let saved = errno
                var byte: UInt8 = 0
                _ = write(interruptPipe, &byte, 1)
                errno = saved
            }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
    }

    /// Ends the run as the first such signal does; nothing where one has come, as the second one is less polite.
    func raiseFirst() {
        var byte = Self.firstOnly
        _ = write(interruptPipe, &byte, 1)
    }

    private final class Reader {
        let descriptor: Int32
        let continuation: AsyncStream<Void>.Continuation

        init(descriptor: Int32, continuation: AsyncStream<Void>.Continuation) {
            self.descriptor = descriptor
            self.continuation = continuation
        }

        func run() {
            var byte: UInt8 = 0
            var hasCome = false
            while true {
                let count = read(descriptor, &byte, 1)
                guard count == 1 else {
                    if count == 0 || errno != EINTR { return }
                    continue
                }
                if hasCome, byte == InterruptSignals.firstOnly { continue }
                hasCome = true
                continuation.yield()
            }
        }
    }
}

/// The pipe's write end.
///
/// A signal handler can reach nothing but globals; this one is written once, before any handler runs.
nonisolated(unsafe) private var interruptPipe: Int32 = -1

/// Makes a write to a closed pipe an error (EPIPE) rather than the end of the process.
///
/// By an empty handler, not SIG_IGN, for the reason given at ``InterruptSignals``.
func handleBrokenPipes() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    action.sa_flags = SA_RESTART
    sigaction(SIGPIPE, &action, nil)
}
