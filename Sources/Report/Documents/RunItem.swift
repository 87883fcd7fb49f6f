extension SummaryDocument {
    /// What ran, in a summary's JSON form.
    struct RunItem: Decodable {
        struct Target: Decodable {
            var binary: String?
            var buildID: String?
            var group: String?
            var pid: Int32?
            var command: [String]
        }

        struct File: Decodable {
            var path: String
            var buildID: String?
        }

        struct Limit: Decodable {
            var name: String
            var value: UInt64
            var raisedFrom: UInt64?
        }

        struct End: Decodable {
            var kind: String
            var detail: String?
        }

        var recipe: String
        var recipeDigest: String?
        var bundle: RunFacts.Bundle?
        var engine: String?
        var kernel: String?
        var hosts: [String]?
        var target: Target
        var probedFiles: [File]?
        var parameters: [String: String]
        var started: String?
        var tracedSeconds: Double?
        var timeoutSeconds: Double?
        var limits: [Limit]
        var attempts: DocumentCount
        var end: End
        var doubts: [String]?
        var savedOutput: String?

        /// The facts, the parameters by name: JSON knows no order of them.
        func facts() throws(DocumentProblem) -> RunFacts {
            RunFacts(
                recipe: recipe, recipeDigest: recipeDigest, engine: engine, kernel: kernel,
                hosts: hosts ?? [],
                target: .init(
                    binary: target.binary, buildID: target.buildID, pid: target.pid, group: target.group,
                    command: target.command),
                probedFiles: (probedFiles ?? []).map { .init(path: $0.path, buildID: $0.buildID) },
                parameters: parameters.sorted { $0.key < $1.key }.map {
                    .init(name: $0.key, value: $0.value)
                },
                started: started, traced: try Self.duration(tracedSeconds, "tracedSeconds"),
                timeout: try Self.duration(timeoutSeconds, "timeoutSeconds"),
                limits: limits.map { .init(name: $0.name, value: $0.value, raisedFrom: $0.raisedFrom) },
                attempts: attempts.value, end: RunEnd(name: end.kind, detail: end.detail ?? ""),
                doubts: doubts ?? [], savedOutput: savedOutput, bundle: bundle)
        }

        private static func duration(_ seconds: Double?, _ name: String) throws(DocumentProblem) -> Duration?
        {
            guard let seconds else { return nil }
            guard (0...1e12).contains(seconds) else { throw .outOfRange(name) }
            return .milliseconds(Int64((seconds * 1000).rounded()))
        }
    }
}

extension RunEnd {
    /// The end of that name (``ReportMessages/name(of:)-(RunEnd)``); of one that is not known, that.
    init(name: String, detail: String) {
        switch name {
        case "timeout": self = .timeout
        case "exited": self = detail.isEmpty ? .exited : .commandFailed(detail)
        case "interrupted": self = .interrupted
        case "limit": self = .limit(detail)
        case "guard": self = .guarded(detail)
        case "deadline": self = .deadline(phase: detail)
        case "failed": self = .failed(detail)
        case "not-started": self = .notStarted(detail)
        default: self = .unknown
        }
    }
}

extension LossKind {
    /// The kind of that name (``ReportMessages/name(of:)-(LossKind)``).
    init?(name: String, subject: String, bytes: UInt64) {
        switch name {
        case "skipped-probes": self = .skippedProbes
        case "limit-reached": self = .limitReached(subject)
        case "run-time-errors": self = .runtimeErrors
        case "faults": self = .faults
        case "transport-failures": self = .transportFailures
        case "unplaced-probes": self = .unplacedProbes
        case "unseen-processes": self = .unseenProcesses
        case "unmet-processes": self = .unmetProcesses(subject)
        case "replaced-files": self = .replacedFile(subject)
        case "unused-files": self = .unusedFile(subject)
        case "output-cut": self = .outputCut(atBytes: bytes)
        case "truncated-strings": self = .truncatedStrings
        case "cut-lines": self = .cutLines
        case "missing-unwind-data": self = .missingUnwindData(module: subject)
        case "unfinished-stacks": self = .unfinishedStacks
        case "stacks-not-kept": self = .stacksNotKept
        case "records-not-kept": self = .recordsNotKept(subject)
        case "unmatched-lines": self = .unmatchedLines
        default: return nil
        }
    }
}
