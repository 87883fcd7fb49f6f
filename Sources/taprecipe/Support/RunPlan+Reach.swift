import Diagnostics
import Engine
import Report

extension RunPlan {
    /// What the probes did not reach, so far as it is known: of processes before the run, of files until now.
    var unreached: [Loss] {
        zip(reach.files, outdated).flatMap { file, outdated in
            let unmet = outdated.all.union(file.strangers.map(\.process))
            return [
                Loss(.unmetProcesses(file.path), count: unmet.count),
                Loss(.unusedFile(file.path), count: file.isUnused && unmet.isEmpty ? 1 : 0),
                Loss(.replacedFile(file.path), count: file.isReplaced ? 1 : 0),
            ]
        }
    }

    /// What an operator has to know of it before the run.
    var reachWarnings: [Diagnostic] {
        outdated.flatMap(\.warnings)
            + zip(reach.files, outdated).compactMap { file, outdated in
                let strangers = file.strangers.filter { !outdated.all.contains($0.process) }
                guard let first = strangers.first else { return nil }
                let isOne = strangers.count == 1
                let subject = isOne ? "process \(first.process) has" : "\(strangers.count) processes have"
                return .warning(
                    "\(subject) another file than '\(file.path)' in use: \(isOne ? "it meets" : "they meet") no probe",
                    notes: strangers.prefix(5).map(\.note) + (strangers.count > 5 ? ["and others"] : []))
            }
    }
}

extension ProbeReach.Stranger {
    fileprivate var note: String {
        if isDeleted { return "process \(process) has '\(path) (deleted)': restart it, then run this again" }
        let has = "process \(process) has '\(path)'"
        let inside = "/proc/\(process)/root\(path)"
        return has
            + (TargetProcess.isSame(path, inside)
                ? ": name that to probe it" : ": name '\(inside)' to probe that")
    }
}
