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

    /// The limits that were set, by stap's names.
    var limits: Limits {
        get throws {
            var limits = Limits()
            for assignment in assignments {
                let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else {
                    throw UsageError("'--limit' is '\(assignment)', expected NAME=VALUE")
                }
                try Self.set(parts[0], to: parts[1], in: &limits)
            }
            return limits
        }
    }

    private static func set(_ name: String, to value: String, in limits: inout Limits) throws {
        if name == "buffer" {
            guard let bytes = try? SizeText.parse(value), bytes >= 1 << 20, bytes >> 20 <= 4095 else {
                throw UsageError("'--limit buffer' is '\(value)', expected a size from 1MiB to 4095MiB")
            }
            limits.bufferMegabytes = Int(bytes >> 20)
            return
        }
        guard let macro = Limits.Macro(rawValue: name) else {
            let names = Limits.Macro.allCases.map(\.rawValue) + ["buffer"]
            throw UsageError(
                "there is no limit '\(name)'\(Likeness.suggestion(for: name, among: names))",
                notes: ["the limits are \(names.joined(separator: ", "))"])
        }
        guard let number = UInt64(value) else {
            throw UsageError("'--limit \(name)' is '\(value)', expected a number")
        }
        limits.macros[macro] = number
    }
}

/// An option's value that is a time such as `30s`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = try? DurationText.parse(argument), duration > .zero else { return nil }
        self.duration = duration
    }
}

/// An option's value that is a size such as `64MiB`.
struct SizeArgument: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        guard let bytes = try? SizeText.parse(argument), bytes > 0, let size = Int(exactly: bytes) else {
            return nil
        }
        self.bytes = size
    }
}

/// Which engine to run on.
enum EngineChoice: String, CaseIterable, ExpressibleByArgument { case auto, stap }
