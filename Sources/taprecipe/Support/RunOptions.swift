import ArgumentParser
import Diagnostics
import Engine
import RecipeModel

/// What `compile` and `run` both take besides a recipe.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp(
            "Set a limit, such as MAXACTION=102400 or buffer=16MiB; may be repeated.", valueName: "name=value"
        ))
    var assignments: [String] = []

    @Flag(help: "Allow a recipe that needs stap's guru mode.")
    var allowGuru = false

    @Flag(help: "Allow return probes in programs that exceptions or a runtime may be ended by at one.")
    var allowReturnProbes = false

    /// The limits that were set, by stap's names; a mistake in them is one of the command line.
    var limits: Limits {
        get throws {
            try UsageError.catching { () throws(DiagnosticsError) in try OptionValues.limits(assignments) }
        }
    }
}

/// An option's value that is a time such as `30s`, as it was written.
///
/// swift-argument-parser only takes or leaves a value; what was expected in its place is ours to say.
struct TimeArgument: ExpressibleByArgument {
    let text: String

    init(argument: String) { text = argument }

    /// The time; `option` is what messages call it.
    func duration(_ option: String) throws -> Duration {
        try UsageError.catching { () throws(DiagnosticsError) in try OptionValues.time(text, option: option) }
    }
}

/// An option's value that is a size such as `64MiB`, as it was written.
struct SizeArgument: ExpressibleByArgument {
    let text: String

    init(argument: String) { text = argument }

    /// The size; `option` is what messages call it.
    func bytes(_ option: String) throws -> Int {
        try UsageError.catching { () throws(DiagnosticsError) in try OptionValues.size(text, option: option) }
    }
}

/// Which engine to run on.
enum EngineChoice: String, CaseIterable, Codable, ExpressibleByArgument { case auto, stap, bpf }
