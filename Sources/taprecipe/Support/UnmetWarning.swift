import Diagnostics
import Engine

extension RunPlan {
    /// Why a run on no target in particular may find nothing: that nobody runs a program which it probes.
    ///
    /// To be asked before the run gives up the right to know. A library is mapped, not run, so that nothing is said of one.
    var unmetWarnings: [Diagnostic] {
        guard target == .none, group == nil else { return [] }
        return probed.filter { !Self.isLibrary($0.path) }.compactMap { file in
            let users = ProgramUsers(of: file.path)
            guard !users.isRun else { return nil }
            return .warning(
                "no process ran '\(file.path)' as the run began, so that nobody may have met its probes",
                notes: users.namesakes.prefix(5).map {
                    "process \($0.process) runs '\($0.path)': is that the one? (--pid \($0.process))"
                })
        }
    }

    private static func isLibrary(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.hasSuffix(".so") || name.contains(".so.")
    }
}
