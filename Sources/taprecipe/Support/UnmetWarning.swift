import Diagnostics
import Engine

extension RunPlan {
    /// Why a run on no target in particular may have found nothing: that nobody runs a program which it probed.
    ///
    /// A library is mapped, not run, so that nothing is said of one.
    var unmetWarnings: [Diagnostic] {
        guard target == .none, group == nil else { return [] }
        return probed.filter { !$0.path.contains(".so") }.compactMap { file in
            let users = ProgramUsers(of: file.path)
            guard !users.isRun else { return nil }
            return .warning(
                "no process runs '\(file.path)' now, so that nobody may have met its probes",
                notes: users.namesakes.prefix(5).map {
                    "process \($0.process) runs '\($0.path)': is that the one? (--pid \($0.process))"
                })
        }
    }
}
