import Diagnostics
import StapMessages

/// The messages of one attempt, equal ones counted, in bounded memory.
struct MessageLog {
    private var counts: [StapMessage: Int] = [:]
    private var order: [StapMessage] = []
    /// What they say was lost, those that are not kept included.
    private(set) var tally = MessageLosses()
    private static let most = 1000

    /// Counts a message; whether it is new.
    mutating func add(_ message: StapMessage) -> Bool {
        tally.add(message)
        if let count = counts[message] {
            counts[message] = count + 1
            return false
        }
        guard order.count < Self.most else { return false }
        counts[message] = 1
        order.append(message)
        return true
    }

    /// All of them, in the order in which they first came.
    var messages: [(message: StapMessage, count: Int)] { order.map { ($0, counts[$0] ?? 1) } }

    /// Those that are errors first, else in their order.
    var errorsFirst: [StapMessage] {
        order.filter { $0.severity == .error } + order.filter { $0.severity != .error }
    }

    /// What they say was lost.
    var losses: Losses { Losses(tally) }
}
