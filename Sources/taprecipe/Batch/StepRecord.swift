import Report

/// What became of a step, as it is kept until the runbook is done.
struct StepRecord: Codable, Sendable {
    var end: StepEnd
    /// How long it took, in seconds; nil where it did not run.
    var seconds: Double?
    /// The last of what it said.
    var messages = ""

    /// Whether a later run that goes on with this one leaves the step as it is.
    func isFinal(stopsOnFailure: Bool) -> Bool {
        switch end {
        case .exited(130), .signalled, .notStarted, .skipped: false
        case .exited, .overdue: !(stopsOnFailure && end.isFailure)
        }
    }

    /// Whether there is something left to do for a run that goes on with this one.
    var wasLeftUndone: Bool {
        switch end {
        case .exited(130), .skipped(.interrupted), .skipped(.budget), .skipped(.stopped): true
        default: false
        }
    }

    /// The exit code that the step counts with.
    var status: ExitStatus {
        switch end {
        case .exited(let code): ExitStatus(rawValue: code) ?? .failure
        case .signalled, .overdue, .notStarted: .failure
        case .skipped(.interrupted): .interrupted
        case .skipped(.budget), .skipped(.unknown): .inconclusive
        case .skipped(.tooFew), .skipped(.stopped): .success
        }
    }
}

extension ExitStatus {
    /// From the best to the worst: what comes later decides the exit code of several runs.
    private static let order: [ExitStatus] = [
        .success, .timedOutEmpty, .inconclusive, .usage, .noEngine, .checkFailed, .failure, .recordFound,
        .interrupted,
    ]

    /// The worst of several.
    static func worst(of statuses: [ExitStatus]) -> ExitStatus {
        statuses.max { order.firstIndex(of: $0)! < order.firstIndex(of: $1)! } ?? .success
    }
}
