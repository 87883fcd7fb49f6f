/// What messages say was lost, added up as they come, so that none is forgotten however many there are.
public struct MessageLosses: Sendable, Equatable {
    private static let mostModules = 1000

    private var errorsInTotal: UInt64 = 0
    private var handlerErrors: UInt64 = 0
    private var skippedInTotal: UInt64 = 0
    private var skippedForReasons: UInt64 = 0
    private var missed: UInt64 = 0
    /// Reads, writes and registers that could not be had.
    public private(set) var faults: UInt64 = 0
    /// How often each limit broke a handler off or ended the run, by stap's name of it.
    public private(set) var limits: [String: UInt64] = [:]
    /// Output buffers that the transport could not take.
    public private(set) var transportFailures: UInt64 = 0
    /// Probes that could not be placed.
    public private(set) var unregisteredProbes: UInt64 = 0
    /// Files whose unwind data was missing, in the order in which they came, with how often each did.
    public private(set) var missingUnwindModules: [(module: String, count: UInt64)] = []
    /// Files that are not the ones that the module was compiled for.
    public private(set) var mismatchedModules: [String] = []

    /// Creates a record of no losses.
    public init() {}

    /// All errors of handlers: the total that the runtime prints counts those whose own line it does not print.
    public var errors: UInt64 { max(errorsInTotal, handlerErrors) }

    /// Errors of handlers that are neither faults nor a limit's.
    public var otherErrors: UInt64 {
        let known = limits.values.reduce(faults) { $0.addingCapped($1) }
        return errors > known ? errors - known : 0
    }

    /// Probe hits that were skipped.
    ///
    /// The runtime's count of missed kprobes is apart from its count of skipped
    /// probes; the other reasons are parts of that.
    public var skippedProbes: UInt64 { max(skippedInTotal, skippedForReasons).addingCapped(missed) }

    /// Counts a message.
    public mutating func add(_ message: StapMessage) {
        if message.isHandlerError { handlerErrors = handlerErrors.addingCapped(1) }
        switch message.kind {
        case .errorCounts(let errors, let skipped):
            errorsInTotal = max(errorsInTotal, errors)
            skippedInTotal = max(skippedInTotal, skipped)
        case .skipped(.missedKprobe, let number): missed = missed.addingCapped(number)
        case .skipped(_, let number): skippedForReasons = skippedForReasons.addingCapped(number)
        case .transportFailures(let number, _):
            transportFailures = transportFailures.addingCapped(number)
        case .readFault, .writeFault, .registerFault: faults = faults.addingCapped(1)
        case .limitHit(let limit): add(limit: limit.name)
        case .nestingExceeded: add(limit: "MAXNESTING")
        case .overload: add(limit: "STP_OVERLOAD")
        case .registrationFailed: unregisteredProbes = unregisteredProbes.addingCapped(1)
        case .missingUnwindData(let module):
            if let index = missingUnwindModules.firstIndex(where: { $0.module == module }) {
                missingUnwindModules[index].count = missingUnwindModules[index].count.addingCapped(1)
            } else if missingUnwindModules.count < Self.mostModules {
                missingUnwindModules.append((module, 1))
            }
        case .buildIDMismatch(let file):
            if !mismatchedModules.contains(file), mismatchedModules.count < Self.mostModules {
                mismatchedModules.append(file)
            }
        default: break
        }
    }

    private mutating func add(limit: String) {
        limits[limit] = (limits[limit] ?? 0).addingCapped(1)
    }

    /// Equal where the same was lost.
    public static func == (left: Self, right: Self) -> Bool {
        left.errors == right.errors && left.skippedProbes == right.skippedProbes
            && left.faults == right.faults && left.limits == right.limits
            && left.transportFailures == right.transportFailures
            && left.unregisteredProbes == right.unregisteredProbes
            && left.mismatchedModules == right.mismatchedModules
            && left.missingUnwindModules.elementsEqual(right.missingUnwindModules, by: ==)
    }
}

extension UInt64 {
    /// The sum, or the greatest number there is.
    package func addingCapped(_ other: UInt64) -> UInt64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}
