import Diagnostics
import Engine
import RecipeModel

/// What a run was asked for besides the recipe, its parameters and the summary's form.
struct RunSettings: Codable {
    /// The process to trace; of a control group the first.
    var pid: Int32?
    /// The control group to trace.
    var group: TargetGroup?
    /// How long to trace; nil: as long as the recipe says.
    var timeout: Duration?
    /// How long the whole run may take.
    var deadline: Duration?
    var engine = EngineChoice.auto
    /// A module that `taprecipe compile` made.
    var module: String?
    /// What is set over the recipe's limits.
    var limits = Limits()
    var allowsGuru = false
    /// Whether return probes are placed where they may end the program.
    var allowsReturnProbes = false
    /// The most bytes of the script's output that are kept; nil: the engine's own bound.
    var maximumOutput: Int?
    /// Whether a limit that was too small may be raised and the script run again.
    var mayRetry = true
    /// The record that is a reason to fail.
    var failIf: String?
    /// The file that the summary goes to, for which there must be room.
    var summaryFile: String?
    /// Where to save the script's own output.
    var raw: String?
    /// Whether the script's lines are shown as they come.
    var isLive = false
    /// Whether what happens is told on standard output as it does.
    var isFollowed = false
    /// The step of a batch that the run is, which stands in what is told.
    var step: String?
    /// Whether a run that nobody need hear of prints nothing.
    var isQuiet = false
    /// What the run must not do to the machine.
    var guards = RunGuards()
    /// What keeps the run in the run store.
    var keeper: RunKeeper?
    /// Whether something is done after the run with the rights that it began with.
    var keepsRights = false
}

extension RunSettings {
    /// The engines that may be taken, the first choice first: of a run whose cost is to be bounded those that tell it.
    var engines: [Finding.Engine] {
        engine == .auto && guards.maximumOverhead != nil ? [.bpf] : engine.engines
    }

    /// Refuses a guard that the engine cannot keep.
    func requireKeptGuards() throws(UsageError) {
        guard engine == .stap, guards.maximumOverhead != nil else { return }
        throw UsageError(
            "found 'max-overhead' with the engine 'stap', but SystemTap does not tell what probes cost",
            notes: [
                "its own guard (STP_NO_OVERLOAD is off) ends runs that take over half of a processor"
            ])
    }

    /// What to trace, once it is clear that the recipe may be run as it was asked for.
    func target(of bound: BoundRecipe) throws -> RunTarget {
        let recipe = bound.recipe
        if let failIf, !recipe.records.contains(where: { $0.name == failIf }) {
            let names = recipe.records.map(\.name)
            throw UsageError(
                "recipe '\(recipe.name)' has no record '\(failIf)'"
                    + Likeness.suggestion(for: failIf, among: names),
                notes: ["its records are \(names.joined(separator: ", "))"])
        }
        if pid != nil, bound.command != nil {
            let option = group == nil ? "'--pid'" : "\(group?.name ?? "")"
            throw UsageError("found both \(option) and a command behind '--', expected one target")
        }
        if recipe.guru, !allowsGuru {
            throw UsageError(
                "recipe '\(recipe.name)' needs stap's guru mode, which can change the traced system",
                notes: ["give --allow-guru if you trust \(recipe.source.name)"])
        }
        if let name = bound.command?.first {
            _ = try CommandProgram.path(of: name, in: Surroundings.environment["PATH"])
        }
        let target: RunTarget = pid.map { .pid($0) } ?? bound.command.map { .command($0) } ?? .none
        if recipe.needsTarget, target == .none {
            throw UsageError(
                "recipe '\(recipe.name)' needs a process to trace",
                notes: [
                    "give --pid PID, --unit NAME or --container ID, or '-- COMMAND ARGUMENTS' to start one"
                ])
        }
        return target
    }
}
