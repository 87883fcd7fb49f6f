/// What stap's own messages say is lost.
struct MessageTally: Sendable {
    /// How many messages are kept for the reader.
    private static let maximumKept = 10
    private static let maximumLength = 400

    private var errorsInTotal = 0
    private var skippedInTotal = 0
    private var skippedInDetail = 0
    private var limits: [String: Int] = [:]
    private var faults = 0
    private var runtimeErrors = 0
    private var transportFailures = 0
    private var modules: [String: Int] = [:]
    /// The message that says why nothing was traced.
    private(set) var failure: String?
    /// The first messages.
    private(set) var kept: [String] = []

    /// Counts a message.
    mutating func add(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: line.prefix(Self.maximumLength), as: UTF8.self)
        if kept.count < Self.maximumKept { kept.append(text) }
        switch StapMessage(text) {
        case .totals(let errors, let skipped):
            errorsInTotal = max(errorsInTotal, errors)
            skippedInTotal = max(skippedInTotal, skipped)
        case .limitReached(let name): limits[name, default: 0] += 1
        case .fault: faults += 1
        case .runtimeError: runtimeErrors += 1
        case .skipped(let count):
            skippedInDetail = skippedInDetail.addingReportingOverflow(count).partialValue
        case .transportFailures(let count): transportFailures = max(transportFailures, count)
        case .missingUnwindData(let module):
            if modules.count < 100 || modules[module] != nil { modules[module, default: 0] += 1 }
        case .notStarted: if failure == nil { failure = text }
        case .other: break
        }
    }

    /// The name of a limit that was reached, where one was.
    var limit: String? { limits.keys.min() }

    /// The losses.
    var losses: [Loss] {
        let ofLimits = limits.values.reduce(0, +)
        // The total counts every kind of error; not every error's own line is printed.
        let others = max(runtimeErrors, errorsInTotal - faults - ofLimits)
        return [Loss(.skippedProbes, count: max(skippedInTotal, skippedInDetail))]
            + limits.sorted { $0.key < $1.key }.map { Loss(.limitReached($0.key), count: $0.value) }
            + [
                Loss(.faults, count: faults), Loss(.runtimeErrors, count: others),
                Loss(.transportFailures, count: transportFailures),
            ]
            + modules.sorted { $0.key < $1.key }.map {
                Loss(.missingUnwindData(module: $0.key), count: $0.value)
            }
    }
}
