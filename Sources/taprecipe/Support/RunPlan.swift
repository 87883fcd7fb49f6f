import DebugInfo
import Diagnostics
import Digests
import Engine
import RecipeModel
import Report
import Resolver
import Templater

/// Everything about a run that is known before it starts.
struct RunPlan {
    let bound: BoundRecipe
    let script: Script
    /// nil where a compiled module is run, which was checked when it was compiled.
    let resolved: ResolvedScript?
    /// The files that the script probes, here or where the module was compiled.
    let probed: [ProbedFile]
    let target: RunTarget
    /// The control group that the target is of, where one was named.
    let group: TargetGroup?
    let kernelRelease: String
    /// What compiled the module that is run, where one was given.
    var moduleEngine: String?
    /// What of the target the recipe does not see, in words.
    var doubts: [String] = []
    /// What a result of stap's is in doubt for, likewise.
    var stapDoubts: [String]
    /// Which processes its probes reach, as far as that is known before it.
    private(set) var reach: ProbeReach
    /// The processes that run a probed program of before it was replaced.
    private(set) var outdated: [OutdatedProcesses] = []
    /// What the run is about; asked before it, as a process may be gone after it.
    let program: TracedProgram?

    init(
        bound: BoundRecipe, script: Script, resolved: ResolvedScript?, probed: [ProbedFile],
        target: RunTarget = .none, group: TargetGroup? = nil,
        kernelRelease: String = Surroundings.kernelRelease
    ) {
        self.bound = bound
        self.script = script
        self.resolved = resolved
        self.probed = probed
        self.target = target
        self.group = group
        self.kernelRelease = kernelRelease
        stapDoubts = resolved?.traits.stapDoubts ?? []
        program = TracedProgram(bound, target: target, isOfGroup: group != nil, probed: probed)
        let processes = target.processes(in: group?.group)
        var members = processes
        // Nobody runs yet.
        if case .command = target { members = [] }
        reach = ProbeReach(of: probed.map(\.path), by: members)
        outdated = probed.map { OutdatedProcesses(of: $0.path, among: processes) }
    }

    /// Checks a recipe with its arguments as it was asked for; touches nothing.
    ///
    /// - Throws: What is wrong with the recipe's script, or with what was asked for.
    init(
        checking bound: BoundRecipe, _ settings: RunSettings, fetcher: DebugInfoFetcher, reader: DebugReader
    ) throws {
        let target = try settings.target(of: bound)
        let checked = try CheckedScript(
            bound, limits: settings.limits, pid: settings.pid, fetcher: fetcher, reader: reader,
            withLoads: settings.engine != .stap)
        if !settings.allowsReturnProbes { try checked.requireHarmlessReturns() }
        self.init(
            bound: bound, script: checked.script, resolved: checked.resolved, probed: checked.probedFiles,
            target: target, group: settings.group)
        doubts = BlindSpotCheck(plan: self, reader: reader).doubts
        lookForUnusedLibraries(reader)
    }

    /// The target's processes as they are now; nil where no running process was named.
    var processes: Set<Int32>? { target.processes(in: group?.group) }

    /// A command does not run yet, but its file tells what it is linked with.
    private mutating func lookForUnusedLibraries(_ reader: DebugReader) {
        guard case .command = target, let program else { return }
        let isLibrary = reach.files.map { SharedLibrary.isNamed($0.path) }
        // A script's interpreter may start anything.
        guard isLibrary.contains(true), program.buildID != nil,
            let linked = try? reader.libraries(of: [program.path])
        else { return }
        for index in reach.files.indices where isLibrary[index] {
            let path = reach.files[index].path
            reach.files[index].isUnused = !linked.contains { TargetProcess.isSame($0.path, path) }
        }
    }

    /// The engine's request; `reader` finds the libraries whose unwind data a script needs.
    func request(
        _ budget: Budget, pinned: Limits, allowsGuru: Bool, module: String? = nil, reader: DebugReader
    ) -> RunRequest {
        let unwound = unwoundFiles
        var request = RunRequest(
            script: script, pinnedLimits: pinned, allowsGuru: allowsGuru, target: target,
            kernelRelease: kernelRelease, module: module, unwindModules: unwound,
            libraries: unwound.isEmpty ? [] : libraries(of: unwound, reader), probedFiles: probed,
            budget: budget,
            directories: Surroundings.directories,
            environment: Surroundings.environment)
        request.group = group?.group
        request.kernelModules = (resolved?.kernelModules ?? []).map { ProbedFile($0) }
        return request
    }

    /// The files whose unwind data a script needs that prints backtraces: those it probes, and the program of
    /// the process that it is run on.
    private var unwoundFiles: [ProbedFile] {
        guard resolved?.traits.usesUserBacktraces ?? false else { return [] }
        guard target != .none, let program, !probed.contains(where: { $0.path == program.path }) else {
            return probed
        }
        return probed + [ProbedFile(path: program.path, buildID: program.buildID)]
    }

    /// Every library that some files are loaded with, by path.
    private func libraries(of files: [ProbedFile], _ reader: DebugReader) -> [ProbedFile] {
        let found = (try? reader.libraries(of: files.map(\.path))) ?? []
        return found.map { ProbedFile($0) }
    }

    /// What the summary opens with.
    func facts(_ outcome: RunOutcome, engine: String, timeout: Duration, started: String) -> RunFacts {
        var target = RunFacts.Target(
            binary: program?.path, buildID: program?.buildID, group: group?.name)
        switch self.target {
        case .none: break
        case .pid(let pid): target.pid = pid
        case .command(let words): target.command = words
        }
        return RunFacts(
            recipe: script.recipe, recipeDigest: "sha256:" + SHA256.hex(of: bound.recipe.bytes),
            engine: engine, kernel: kernelRelease, hosts: [HostName.current], target: target,
            probedFiles: probed.map { .init(path: $0.path, buildID: $0.buildID) },
            parameters: bound.recipe.parameters.compactMap { parameter in
                bound.arguments[parameter.name].map { .init(name: parameter.name, value: $0.text) }
            },
            started: started, traced: outcome.durations[.trace], timeout: timeout,
            limits: RunFacts.limits(outcome.limits, raisedFrom: outcome.retries > 0 ? script.limits : nil),
            attempts: outcome.retries + 1, end: outcome.end, losses: outcome.reportLosses,
            doubts: doubts, bundle: Surroundings.bundles.facts(of: bound.recipe.source.name))
    }
}
