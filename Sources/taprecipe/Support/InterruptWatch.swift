import Glibc
import Synchronization

/// Says whether SIGINT, SIGTERM or SIGHUP has come, for work that blocks its thread and looks from time to time.
///
/// For the time that it lives these signals do nothing else; afterwards they do again what they did. One at a time.
struct InterruptWatch: @unchecked Sendable {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    // C structures, which nothing changes.
    private let former: [sigaction]

    init() {
        hasInterrupt.store(false, ordering: .relaxed)
        former = Self.signals.map { number in
            var former = sigaction()
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in hasInterrupt.store(true, ordering: .relaxed) }
            action.sa_flags = SA_RESTART
            sigaction(number, nil, &former)
            // What was started with it ignored (nohup) goes on ignoring it: SIG_IGN is 1 (<bits/signum-generic.h>).
            if unsafeBitCast(former.__sigaction_handler, to: Int.self) != 1 {
                sigaction(number, &action, nil)
            }
            return former
        }
    }

    /// Whether a signal has come since it began.
    var wasInterrupted: Bool { hasInterrupt.load(ordering: .relaxed) }

    /// Gives the signals back.
    func end() {
        for (number, action) in zip(Self.signals, former) {
            var action = action
            sigaction(number, &action, nil)
        }
    }
}

/// A signal handler can reach nothing but globals.
private let hasInterrupt = Atomic<Bool>(false)
