import Diagnostics
import Engine
import Glibc
import RecipeModel

/// What is asked of the machine before a recipe runs on it.
enum Preflight {
    /// The doctor's answer for some recipes on this machine.
    static func report(
        _ recipes: [RecipeFacts], kernelRelease: String? = nil, executables: [String] = [], pid: Int32? = nil
    ) async -> DoctorReport {
        Doctor.examine(
            await facts(recipes, kernelRelease: kernelRelease, executables: executables, pid: pid))
    }

    /// What this machine is like.
    static func facts(
        _ recipes: [RecipeFacts] = [], kernelRelease: String? = nil, executables: [String] = [],
        pid: Int32? = nil
    ) async -> MachineFacts {
        let directories = Surroundings.directories
        let probe = MachineProbe(directories: directories, now: { Int64(time(nil)) })
        let question = DoctorQuestion(
            kernelRelease: kernelRelease, recipes: recipes, executables: executables, pid: pid,
            searchPath: Surroundings.searchPath,
            folders: [directories.temporary], spareFolders: [directories.cache])
        return await probe.facts(for: question)
    }

    /// Ends the run with exit code 4 where no engine can do what is asked.
    ///
    /// - Returns: The engine that can, with its version, such as `stap 4.8`.
    static func require(
        _ capability: Capability, of facts: RecipeFacts, kernelRelease: String?
    ) async throws -> String {
        let report = await report([facts], kernelRelease: kernelRelease)
        guard let problem = report.noEngine(for: capability) else {
            return report.stapName
        }
        Console(color: .auto, environment: Surroundings.environment).report([problem])
        throw Exit(.noEngine)
    }

    /// Says on standard error what would stop a run here, of which `--dry-run` only speaks.
    static func warn(_ obstacle: Diagnostic?, path: String, on console: Console) {
        let problems = [
            RunTrust.problem(path), obstacle,
        ]
        for case var problem? in problems {
            problem.severity = .warning
            console.report([problem])
        }
    }

    /// Refuses a recipe, or the module made of one, that root must not run, where it would run as root.
    static func requireTrust(in files: [String]) throws {
        for path in files {
            guard let problem = RunTrust.problem(path) else { continue }
            Console(color: .auto, environment: Surroundings.environment).report([problem])
            throw Exit(.checkFailed)
        }
    }
}
