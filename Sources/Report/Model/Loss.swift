public import RecipeModel

/// Something that a run lost or could not tell, and how often.
public struct Loss: Sendable, Equatable {
    /// What.
    public var kind: LossKind
    /// How often.
    public var count: Int

    /// Creates a loss.
    public init(_ kind: LossKind, count: Int = 1) {
        self.kind = kind
        self.count = count
    }
}

/// What a run can lose.
public enum LossKind: Sendable, Hashable {
    /// Probes that were hit but whose handlers did not run.
    case skippedProbes
    /// Probes that could not be placed, so that nothing is known of their hits.
    case unplacedProbes
    /// A limit was reached, by its name (`MAXACTION`); each time a handler was broken off.
    case limitReached(String)
    /// Handlers that were broken off by another error.
    case runtimeErrors
    /// Handlers that were broken off because memory could not be read.
    case faults
    /// Pieces of output that did not get from the kernel to stap.
    case transportFailures
    /// Processes of the target's group that the engine did not know of.
    case unseenProcesses
    /// Processes that have another file than the probed one of that path.
    case unmetProcesses(String)
    /// The probed file of that path was replaced during the run.
    case replacedFile(String)
    /// The target did not have the probed file of that path in use as the run began.
    case unusedFile(String)
    /// Output that was thrown away behind so many bytes.
    case outputCut(atBytes: UInt64)
    /// Texts that have the greatest length a string can have, so that more may have followed.
    case truncatedStrings
    /// Lines that were too long to be read whole.
    case cutLines
    /// stap was not given the unwind data of a module.
    case missingUnwindData(module: String)
    /// Backtraces whose last frame is not one that threads start in.
    case unfinishedStacks
    /// Distinct stacks that there was no room for.
    case stacksNotKept
    /// Records that there was no room for in the table or tree of that title.
    case recordsNotKept(String)
    /// Lines that are part of no record; they are shown, so nothing is lost by them.
    case unmatchedLines

    /// What a loss takes from the summary.
    public enum Effect: Sendable {
        /// Records may be missing.
        case hidesRecords
        /// Records are there but not whole.
        case impairsRecords
        /// That there are no records may be owed to it.
        case explainsNone
        /// Nothing.
        case none
    }

    /// What it takes from the summary.
    public var effect: Effect {
        switch self {
        case .skippedProbes, .unplacedProbes, .limitReached, .runtimeErrors, .faults, .transportFailures,
            .unseenProcesses, .unmetProcesses, .replacedFile, .outputCut,
            // What was cut off may be what makes the line a record.
            .cutLines, .recordsNotKept:
            .hidesRecords
        case .truncatedStrings, .missingUnwindData, .unfinishedStacks, .stacksNotKept:
            .impairsRecords
        case .unusedFile: .explainsNone
        case .unmatchedLines: .none
        }
    }
}

extension [Loss] {
    /// One loss a kind, without those of no count, the most telling kinds first.
    ///
    /// Where two report the same kind the greater counts, because both have counted the same.
    static func merged(_ losses: [Loss]) -> [Loss] {
        var merged: [Loss] = []
        for loss in losses where loss.count > 0 {
            if let index = merged.firstIndex(where: { $0.kind == loss.kind }) {
                merged[index].count = Swift.max(merged[index].count, loss.count)
            } else {
                merged.append(loss)
            }
        }
        return merged.enumerated().sorted {
            ($0.element.kind.rank, $0.offset) < ($1.element.kind.rank, $1.offset)
        }.map(\.element)
    }
}

extension LossKind {
    /// The kind in a few letters, for JSON, scripts and tests.
    public var name: LossName {
        switch self {
        case .skippedProbes: .skippedProbes
        case .unplacedProbes: .unplacedProbes
        case .limitReached: .limitReached
        case .runtimeErrors: .runtimeErrors
        case .faults: .faults
        case .transportFailures: .transportFailures
        case .unseenProcesses: .unseenProcesses
        case .unmetProcesses: .unmetProcesses
        case .replacedFile: .replacedFiles
        case .unusedFile: .unusedFiles
        case .outputCut: .outputCut
        case .truncatedStrings: .truncatedStrings
        case .cutLines: .cutLines
        case .missingUnwindData: .missingUnwindData
        case .unfinishedStacks: .unfinishedStacks
        case .stacksNotKept: .stacksNotKept
        case .recordsNotKept: .recordsNotKept
        case .unmatchedLines: .unmatchedLines
        }
    }

    fileprivate var rank: Int {
        switch effect {
        case .hidesRecords: 0
        case .impairsRecords: 1
        case .explainsNone: 2
        case .none: 3
        }
    }
}
