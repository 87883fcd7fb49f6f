import Diagnostics
import Engine
import Report
import StapMessages

extension EngineError {
    /// The exit code that an error of the engine's ends with.
    var status: ExitStatus {
        switch self {
        case .guruNotAllowed, .commandNotFound, .commandNotExecuted, .isThread, .isDead,
            .noSuchProcess, .unreadableModule, .notAModule,
            .moduleWithoutManifest:
            .usage
        case .moduleOfAnotherVersion, .moduleOfAnotherBuild: .checkFailed
        case .moduleOfAnotherKernel: .noEngine
        case .missingTool, .machineLacks, .unsupported, .kernelRefused, .narrowProgram: .noEngine
        case .compileFailed(let messages):
            // A warning, such as that of a missing symbol map, is no reason why it failed.
            messages.contains { $0.severity == .error && $0.kind.isOfMachine } ? .noEngine : .checkFailed
        case .timedOut: .timedOutEmpty
        case .interrupted: .interrupted
        default: .failure
        }
    }
}

extension StapMessage.Kind {
    /// Whether the machine, not the script, is to blame.
    fileprivate var isOfMachine: Bool {
        switch self {
        case .missingBuildTree, .compilerError, .taskWorkMismatch, .missingKernelSymbols: true
        default: false
        }
    }
}

extension RunOutcome {
    /// How it ended, in the summary's words.
    var end: RunEnd {
        switch ending {
        case .completed: commandStatus?.failure.map { .commandFailed($0) } ?? .exited
        case .timedOut: .timeout
        case .deadlineReached(let phase): .deadline(phase: phase.rawValue)
        case .interrupted: .interrupted
        case .guarded(let breach): .guarded(breach.words)
        case .limitReached(let limit): .limit(limit.name)
        case .overloaded: .limit("overload")
        case .failed(.attach): .notStarted(firstError ?? "the kernel did not take the module")
        case .failed(.script): .failed(firstError ?? "a run-time error ended the script")
        case .failed(.status(let status)): .failed(firstError ?? "staprun ended with status \(status)")
        case .failed(.signal(let signal)): .failed("staprun was killed by signal \(signal)")
        case .failed(.stuck(let process)): .failed(process.words)
        }
    }

    private var firstError: String? { messages.first { $0.message.severity == .error }?.message.text }

    /// What was lost, in the summary's words.
    var reportLosses: [Loss] {
        func count(_ value: UInt64) -> Int { Int(clamping: value) }
        var result = [
            Loss(.skippedProbes, count: count(losses.skippedProbes)),
            Loss(.runtimeErrors, count: count(losses.otherErrors)),
            Loss(.transportFailures, count: count(losses.transportFailures)),
            Loss(.faults, count: count(losses.faults)),
            Loss(.cutLines, count: count(losses.cutLines)),
            Loss(.unplacedProbes, count: count(losses.unregisteredProbes)),
        ]
        if losses.cutBytes > 0 { result.append(Loss(.outputCut(atBytes: UInt64(clamping: bytesOut)))) }
        result += losses.missingUnwindModules.map { Loss(.missingUnwindData(module: $0)) }
        if case .limitReached(let limit) = ending { result.append(Loss(.limitReached(limit.name))) }
        return result.filter { $0.count > 0 }
    }

    /// The exit code of a run that traced, given what its summary says.
    ///
    /// An interruption comes before all, then what `--fail-if` looked for, which an alarm must not miss.
    func status(of summary: Summary, failIf record: String?) -> ExitStatus {
        if ending == .interrupted { return .interrupted }
        if let record, summary.count(of: record) ?? 0 > 0 { return .recordFound }
        switch ending {
        case .failed(.attach): return .noEngine
        case .failed: return .failure
        default: break
        }
        if summary.verdict.grade == .inconclusive { return .inconclusive }
        switch ending {
        case .timedOut, .deadlineReached: return summary.recordCount == 0 ? .timedOutEmpty : .success
        default: return .success
        }
    }
}
