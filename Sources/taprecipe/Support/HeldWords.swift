import Synchronization

/// What a quiet run has to say: held back until it is clear whether anybody need hear of it.
final class HeldWords: Sendable {
    /// The most bytes that are kept; what comes first says most.
    private static let room = 1 << 20

    /// Whether anything is held back.
    let isHeld: Bool
    private let text = Mutex("")

    init(isHeld: Bool) { self.isHeld = isHeld }

    /// Takes some words.
    func add(_ words: String) {
        text.withLock { if $0.utf8.count + words.utf8.count <= Self.room { $0 += words } }
    }

    /// All of them.
    var words: String { text.withLock { $0 } }
}
