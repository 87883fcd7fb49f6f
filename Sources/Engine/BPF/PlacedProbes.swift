import BPF
import Dispatch
import Synchronization

/// The probes of a run, which stay in their places until they are removed, or this goes.
final class PlacedProbes {
    private var attachments: [Attachment]
    private let areLinks: Bool

    /// Takes charge of probes.
    ///
    /// - Parameters:
    ///   - attachments: The probes.
    ///   - areLinks: Whether those of programs are links, which the kernel can take away at the same time; perf events go
    ///     one after the other, as it holds a mutex meanwhile.
    init(_ attachments: consuming [Attachment], areLinks: Bool) {
        self.attachments = attachments
        self.areLinks = areLinks
    }

    deinit { remove() }

    /// Takes them away; no handler of theirs runs any more then.
    ///
    /// With each the kernel waits until all processors have let go of it (65 ms on Linux 6.18), with many at once no
    /// longer: one by one, 700 probes took 46 s.
    func remove() {
        guard areLinks else {
            attachments = []
            return
        }
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
