import Diagnostics
import RecipeModel
import StapMessages
import Templater

extension Ending {
    /// How an attempt ended, by its status and by what was said.
    init(of result: TracePhase.Result, log: MessageLog, limits: Limits) {
        let kinds = log.messages.map { $0.message.kind }
        let hasErrors = log.messages.contains { $0.message.severity == .error }
        if case .stuck(let process) = result.status {
            self = .failed(.stuck(process))
        } else if kinds.contains(.overload) {
            self = .overloaded
        } else if result.reason == .interrupt {
            self = .interrupted
        } else if case .guarded(let breach)? = result.reason {
            self = .guarded(breach)
        } else if result.isAttachOutOfTime {
            self = .deadlineReached(during: .attach)
        } else if !result.isAttached, result.reason == nil || hasErrors {
            self = .failed(.attach)
        } else if let reason = result.reason, reason != .commandEnded {
            self = reason == .timeout ? .timedOut : .deadlineReached(during: result.deadlinePhase ?? .trace)
        } else {
            self = Self.byItself(result, log: log, limits: limits)
        }
    }

    private static func byItself(_ result: TracePhase.Result, log: MessageLog, limits: Limits) -> Ending {
        let errors = log.losses.runtimeErrors
        let allowed = LimitPolicy.value(.macro(.MAXERRORS), in: limits)
        let isFatal = log.messages.contains {
            // A handler's error ends the script only when there are more of them than MAXERRORS allows.
            $0.message.severity == .error && !($0.message.isHandlerError && errors <= allowed)
        }
        switch result.status {
        case .exited(0): return isFatal ? .failed(.script) : .completed
        case .exited(let code):
            if isFatal { return .failed(.script) }
            return errors > 0 && errors <= allowed ? .completed : .failed(.status(code))
        case .signalled(let number): return .failed(.signal(number))
        case .stuck(let process): return .failed(.stuck(process))
        }
    }
}

extension MessageLog {
    /// The limit that ought to be larger, after an attempt that ended so: the one that ended it, or the
    /// transport buffer where output was lost.
    func needed(after ending: Ending) -> LimitName? {
        switch ending {
        case .interrupted, .overloaded, .guarded, .failed(.stuck): return nil
        default: break
        }
        if let limit = LimitPolicy.endedBy(self, ending: ending) { return limit }
        return losses.transportFailures > 0 ? .buffer : nil
    }
}

extension LimitMemory {
    /// The limits that a request's run begins with: the recipe's, over them what worked before, over that what
    /// the user set.
    func starting(_ request: RunRequest) -> Limits {
        var limits = request.script.limits
        let remembered = self.limits(for: request.script.recipe)
        // What is compiled into a module is what it is; staprun takes the buffer's size.
        for macro in Limits.Macro.allCases where request.module == nil {
            let limit = LimitName.macro(macro)
            guard let value = remembered.macros[macro] else { continue }
            // A recipe that asks for more than was once enough gets more.
            if value > LimitPolicy.value(limit, in: limits) { limits.macros[macro] = value }
        }
        if let buffer = remembered.bufferMegabytes,
            buffer > LimitPolicy.value(.buffer, in: limits)
        {
            limits.bufferMegabytes = buffer
        }
        return limits.overridden(by: request.pinnedLimits)
    }
}
