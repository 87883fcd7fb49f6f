import Diagnostics
import RecipeModel

/// The messages of one attempt, equal ones counted, in bounded memory.
struct MessageLog {
    private var counts: [StapMessage: Int] = [:]
    private var order: [StapMessage] = []
    private static let most = 1000

    /// Counts a message; whether it is new.
    mutating func add(_ message: StapMessage) -> Bool {
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
    var losses: Losses {
        var losses = Losses()
        var reasons: UInt64 = 0
        var missed: UInt64 = 0
        var errors: UInt64 = 0
        for (message, count) in messages {
            let count = UInt64(count)
            if message.isHandlerError { errors = errors.addingCapped(count) }
            switch message.kind {
            case .errorCounts(let total, let skipped):
                losses.runtimeErrors = max(losses.runtimeErrors, total)
                losses.skippedProbes = max(losses.skippedProbes, skipped)
            // The runtime's count of missed kprobes is apart from its count of skipped probes; the other
            // reasons are parts of that.
            case .skipped(.missedKprobe, let number): missed = missed.addingCapped(number)
            case .skipped(_, let number): reasons = reasons.addingCapped(number)
            case .transportFailures(let number, _):
                losses.transportFailures = losses.transportFailures.addingCapped(number)
            case .readFault, .writeFault, .registerFault: losses.faults = losses.faults.addingCapped(count)
            case .registrationFailed:
                losses.unregisteredProbes = losses.unregisteredProbes.addingCapped(count)
            case .missingUnwindData(let module):
                if !losses.missingUnwindModules.contains(module) {
                    losses.missingUnwindModules.append(module)
                }
            case .buildIDMismatch(let file):
                if !losses.mismatchedModules.contains(file) { losses.mismatchedModules.append(file) }
            default: break
            }
        }
        losses.runtimeErrors = max(losses.runtimeErrors, errors)
        losses.skippedProbes = max(losses.skippedProbes, reasons).addingCapped(missed)
        return losses
    }
}

extension UInt64 {
    /// The sum, or the greatest number there is.
    func addingCapped(_ other: UInt64) -> UInt64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}

extension StapMessage {
    /// Whether a probe handler met it as an error.
    var isHandlerError: Bool {
        guard severity == .error else { return false }
        switch kind {
        case .readFault, .writeFault, .registerFault, .divisionByZero, .aggregationOverflow, .emptyAggregate,
            .scriptError, .nestingExceeded, .limitHit(.macro(.MAXACTION)),
            .limitHit(.macro(.MAXMAPENTRIES)):
            return true
        default: return false
        }
    }
}
