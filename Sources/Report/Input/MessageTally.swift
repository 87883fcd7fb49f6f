import StapMessages

/// What stap's own messages in a saved output say is lost, in the summary's words.
struct MessageTally: Sendable {
    /// How many messages are kept for the reader.
    private static let maximumKept = 10
    private static let maximumLength = 400

    private var sum = MessageLosses()
    /// The message that says why nothing was traced.
    private(set) var failure: String?
    /// The first messages.
    private(set) var kept: [String] = []

    /// Counts a message, and returns it.
    mutating func add(_ line: ArraySlice<UInt8>) -> StapMessage {
        let text = String(decoding: line.prefix(Self.maximumLength), as: UTF8.self)
        if kept.count < Self.maximumKept { kept.append(text) }
        let message = StapMessage(line: text)
        sum.add(message)
        if failure == nil, message.preventsTracing { failure = text }
        return message
    }

    /// The name of a limit that was reached, where one was.
    var limit: String? { sum.limits.keys.min() }

    /// The losses.
    var losses: [Loss] {
        func count(_ value: UInt64) -> Int { Int(clamping: value) }
        return [Loss(.skippedProbes, count: count(sum.skippedProbes))]
            + sum.limits.sorted { $0.key < $1.key }.map {
                Loss(.limitReached($0.key), count: count($0.value))
            }
            + [
                Loss(.faults, count: count(sum.faults)),
                Loss(.runtimeErrors, count: count(sum.otherErrors)),
                Loss(.transportFailures, count: count(sum.transportFailures)),
                Loss(.unplacedProbes, count: count(sum.unregisteredProbes)),
            ]
            + sum.missingUnwindModules.sorted { $0.module < $1.module }.map {
                Loss(.missingUnwindData(module: $0.module), count: count($0.count))
            }
    }
}
