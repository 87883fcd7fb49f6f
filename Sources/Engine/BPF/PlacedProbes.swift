import BPF
import Dispatch
import Synchronization

/// The probes of a run, which stay in their places until they are removed, or this goes.
final class PlacedProbes {
    private var attachments: [Attachment]

    init(_ attachments: consuming [Attachment]) { self.attachments = attachments }

    deinit { remove() }

    /// Takes them away; no handler of theirs runs any more then.
    ///
    /// With each the kernel waits until all processors have let go of it (65 ms on Linux 6.18), with many at once no
    /// longer: one by one, 700 probes took 46 s.
    func remove() {
        let count = attachments.count
        let shares = (0..<min(count, Self.maximumThreads)).map { thread in
            Share(stride(from: thread, to: count, by: Self.maximumThreads).map { attachments[$0] })
        }
        attachments = []
        let removed = DispatchSemaphore(value: 0)
        for share in shares {
            BlockingThread.run {
                share.letGo()
                removed.signal()
            }
        }
        for _ in shares { removed.wait() }
    }

    private static let maximumThreads = 64

    /// The probes that one thread takes away.
    private final class Share: Sendable {
        private let attachments: Mutex<[Attachment]>

        init(_ attachments: [Attachment]) { self.attachments = Mutex(attachments) }

        func letGo() { attachments.withLock { $0 = [] } }
    }
}
