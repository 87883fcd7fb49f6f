import Diagnostics
import RecipeModel
import StapMessages

/// Which limit a run hit, and what it is raised to.
enum LimitPolicy {
    /// How much a limit grows at a time.
    static let factor: UInt64 = 4

    /// What a limit is where nobody sets it (runtime_defines.h of SystemTap 4.8; the buffer's default depends
    /// on the machine and is 16 MiB where there is the memory for it).
    static func standard(_ limit: LimitName) -> UInt64 {
        switch limit {
        case .macro(.MAXACTION): 1000
        case .macro(.MAXSKIPPED): 100
        case .macro(.MAXSTRINGLEN): 512
        case .macro(.MAXMAPENTRIES): 2048
        case .macro(.MAXTRYLOCK): 100
        case .macro(.MAXERRORS): 0
        case .macro(.MAXBACKTRACE): 20
        case .macro(.STP_NO_OVERLOAD): 0
        case .buffer: 16
        }
    }

    /// How far a limit is raised, nil: never; the kernel's memory and time are the machine's.
    static func cap(_ limit: LimitName) -> UInt64? {
        switch limit {
        case .macro(.MAXACTION): 4_096_000
        case .macro(.MAXSKIPPED): 1_638_400
        case .macro(.MAXMAPENTRIES): 131_072
        case .macro(.MAXTRYLOCK): 6400
        case .macro(.MAXERRORS): 1024
        case .buffer: 256
        // Its overflow goes unsaid, and every map entry grows by it.
        case .macro(.MAXSTRINGLEN): nil
        // What a stack is cut to is not too small for the run.
        case .macro(.MAXBACKTRACE): nil
        // It removes a safety net: the user's to decide.
        case .macro(.STP_NO_OVERLOAD): nil
        }
    }

    /// The value in force.
    static func value(_ limit: LimitName, in limits: Limits) -> UInt64 {
        switch limit {
        case .macro(let macro): limits.macros[macro] ?? standard(limit)
        case .buffer: limits.bufferMegabytes.flatMap { UInt64(exactly: $0) } ?? standard(limit)
        }
    }

    /// Limits with one of them set.
    static func setting(_ limit: LimitName, to value: UInt64, in limits: Limits) -> Limits {
        var limits = limits
        switch limit {
        case .macro(let macro): limits.macros[macro] = value
        case .buffer: limits.bufferMegabytes = Int(clamping: value)
        }
        return limits
    }

    /// Whether the user set it.
    static func isPinned(_ limit: LimitName, by limits: Limits) -> Bool {
        switch limit {
        case .macro(let macro): limits.macros[macro] != nil
        case .buffer: limits.bufferMegabytes != nil
        }
    }

    /// The limit that ended a run, by its messages; nil where none did.
    static func endedBy(_ log: MessageLog, ending: Ending) -> LimitName? {
        let kinds = log.messages.map { $0.message.kind }
        for kind in kinds {
            if case .limitHit(.macro(.MAXSKIPPED)) = kind { return mainReason(of: kinds) }
        }
        // Errors of handlers end a run only where there are more than MAXERRORS allows.
        guard case .failed(.script) = ending else { return nil }
        for case .limitHit(let limit) in kinds { return limit }
        // Reads of memory that is paged out fail now and then: a few are no reason to end a run.
        let isFault = kinds.contains {
            switch $0 {
            case .readFault, .registerFault: true
            default: false
            }
        }
        return isFault ? .macro(.MAXERRORS) : nil
    }

    /// Too many skipped probes are the consequence of locks that were not free in time where those are most of
    /// them; waiting longer helps more than allowing for more losses.
    private static func mainReason(of kinds: [StapMessage.Kind]) -> LimitName {
        var locks: UInt64 = 0
        var others: UInt64 = 0
        for case .skipped(let reason, let count) in kinds {
            if case .lockTimeout = reason {
                locks = locks.addingCapped(count)
            } else {
                others = others.addingCapped(count)
            }
        }
        return locks > others ? .macro(.MAXTRYLOCK) : .macro(.MAXSKIPPED)
    }

    /// The next value of a limit that was too small; nil where it may not or cannot grow.
    static func raised(_ limit: LimitName, in limits: Limits, pinned: Limits) -> UInt64? {
        guard !isPinned(limit, by: pinned), let cap = cap(limit) else { return nil }
        let now = value(limit, in: limits)
        guard now < cap else { return nil }
        return min(max(now, 4).multipliedReportingOverflow(by: factor).partialValue, cap)
    }
}
