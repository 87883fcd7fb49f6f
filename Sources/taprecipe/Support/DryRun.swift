import Diagnostics
import Engine
import RecipeModel
import Resolver
import Templater

/// What `run --dry-run` prints: what the checks found, the command lines to be started, and the script.
///
/// What stands before the script can be pasted into a shell: what is no command there is a comment.
struct DryRun {
    let plan: RunPlan
    let timeout: Duration
    let request: RunRequest
    let engine: Finding.Engine

    var text: String {
        found + "\n# would trace for \(DurationText.print(timeout)) on \(plan.kernelRelease)" + how
            + "\n# \(scriptName):\n\(plan.script.text.text)"
    }

    /// By which engine, and what that would start.
    private var how: String {
        switch engine {
        case .bpf: " with the built-in engine, which starts nothing\n"
        case .stap: ":\n" + stapCommands
        }
    }

    private var stapCommands: String {
        let commands = StapEngine().plannedCommands(request, script: scriptName)
        var text = ""
        if let compile = commands.compile {
            text += "\(Self.line(expand)) >\(StapEngine.quotedForShell(scriptName))\n\(Self.line(compile))\n"
        }
        text += "\(Self.line(commands.trace))\n"
        for problem in commands.problem?.diagnostics(in: nil) ?? [] {
            text += "# what stap needs for this kernel could not be prepared: \(problem.message)\n"
        }
        return text
    }

    private var scriptName: String { plan.script.recipe + ".stp" }

    /// The places that the probes were resolved to, as comments.
    private var found: String {
        guard let resolved = plan.resolved else {
            return "# checked when the module was compiled, and that it is for the programs that are here\n"
        }
        let count = resolved.points.count
        var text = "# checked: \(count) probed place\(count == 1 ? "" : "s")\n"
        for point in resolved.points {
            text += "#   \(point.kind.rawValue) of \(point.function) at 0x\(String(point.address, radix: 16))"
            text += " in \(point.binary)\n"
        }
        for event in resolved.events { text += "#   \(event.range.text)\n" }
        for point in resolved.unchecked { text += "#   \(point.text) (not checked)\n" }
        return text
    }

    /// What makes the script: the recipe's file, and the arguments as they were understood.
    private var expand: [String] {
        let recipe = plan.bound.recipe
        return ["taprecipe", "expand", recipe.source.name]
            + recipe.parameters.compactMap { parameter in
                guard let value = plan.bound.arguments[parameter.name], value != parameter.defaultValue else {
                    return nil
                }
                return "--\(parameter.name)=\(value.text)"
            }
    }

    private static func line(_ words: [String]) -> String {
        words.map(StapEngine.quotedForShell).joined(separator: " ")
    }
}
