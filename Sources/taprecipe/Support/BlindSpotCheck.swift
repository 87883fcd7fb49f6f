import Glibc
import RecipeModel
import Resolver

/// Whether a run's target has what its recipe does not see.
struct BlindSpotCheck {
    let plan: RunPlan
    let reader: DebugReader

    /// What follows for the summary, a text each; asked before the run, as a process may be gone after it.
    var doubts: [String] {
        if let processes = plan.processes, !processes.isEmpty, !plan.probed.isEmpty,
            processes.allSatisfy(TargetProcess.isOfKernel)
        {
            return ["the target is a thread of the kernel, which runs no program"]
        }
        let spots = plan.bound.recipe.blindSpots
        guard !spots.isEmpty, let program = plan.program?.path else { return [] }
        let loaded = loadedLibraries(of: program)
        return spots.filter { spot in
            if let function = spot.function, defines(program, function) { return true }
            guard let pattern = spot.library else { return false }
            return loaded.contains { fnmatch(pattern, $0, 0) == 0 }
        }.map(\.reason)
    }

    /// The file names of the libraries that the target has loaded, or that its program is going to load.
    private func loadedLibraries(of program: String) -> Set<String> {
        if let processes = plan.processes {
            return Set(processes.flatMap(TargetProcess.mappedFiles).map(Self.fileName))
        }
        let named = (try? reader.libraries(of: [program]))?.map { Self.fileName($0.path) } ?? []
        let preloaded = (Surroundings.environment["LD_PRELOAD"] ?? "").split { $0 == ":" || $0 == " " }
        return Set(named + preloaded.map { Self.fileName(String($0)) })
    }

    private func defines(_ program: String, _ function: String) -> Bool {
        let question = ListingQuestion(
            points: "process(\"\(program)\").function(\"\(function)\")",
            tapset: .init(
                folder: InstalledTapset.folder, kernelRelease: plan.kernelRelease, isGuru: false),
            withVariables: false, withTypes: false, isJSON: false, place: LookupPlace(target: nil))
        return (try? reader.list(question)) != nil
    }

    private static func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
