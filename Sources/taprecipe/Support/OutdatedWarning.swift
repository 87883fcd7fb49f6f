import Diagnostics
import Engine

extension OutdatedProcesses {
    /// What an operator has to know and can do, a warning for each kind.
    var warnings: [Diagnostic] {
        [
            (ofOtherBuild, "another build of '\(program)'"), (ofSameBuild, "an earlier copy of '\(program)'"),
        ].compactMap { ids, what in
            guard let first = ids.first else { return nil }
            let shown = ids.prefix(10).map { "\($0)" }.joined(separator: ", ") + (ids.count > 10 ? ", …" : "")
            let subject = ids.count == 1 ? "process \(first) still runs" : "\(ids.count) processes still run"
            return .warning(
                "\(subject) \(what), which was replaced since: \(ids.count == 1 ? "it meets" : "they meet") no probe",
                notes: [
                    ids.count == 1 ? nil : "the processes are \(shown)",
                    "restart what runs there (for a service: systemctl restart NAME), then run this again",
                ].compactMap(\.self))
        }
    }
}
