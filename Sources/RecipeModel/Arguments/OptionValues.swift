public import Diagnostics

/// Reads the values of the commands' own options, by the same rules and in the same words as a recipe's.
public enum OptionValues {
    /// The limits that `--limit NAME=VALUE` sets; of a limit that is set twice, the last value.
    ///
    /// - Throws: everything that is wrong with them.
    public static func limits(_ assignments: [String]) throws(DiagnosticsError) -> Limits {
        var limits = Limits()
        var problems: [Diagnostic] = []
        for assignment in assignments {
            do throws(ArgumentProblem) {
                try set(assignment, in: &limits)
            } catch {
                problems.append(error.diagnostic())
            }
        }
        try problems.throwIfErrors()
        return limits
    }

    /// How long something may take: `--timeout 30s`.
    public static func time(_ text: String, option: String) throws(DiagnosticsError) -> Duration {
        do throws(DurationText.Problem) {
            let duration = try DurationText.parse(text)
            if DurationText.timeRange.contains(duration) { return duration }
            throw .tooShort
        } catch {
            throw DiagnosticsError(ArgumentProblem.time(option: option, error, written: text).diagnostic())
        }
    }

    /// How many bytes something may have, one at least: `--max-output 64MiB`.
    public static func size(_ text: String, option: String) throws(DiagnosticsError) -> Int {
        do throws(SizeText.Problem) {
            let bytes = try SizeText.parse(text)
            if bytes > 0 { return Int(bytes) }
            throw .noNumber
        } catch {
            throw DiagnosticsError(ArgumentProblem.size(option: option, error, written: text).diagnostic())
        }
    }

    private static func set(_ assignment: String, in limits: inout Limits) throws(ArgumentProblem) {
        let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .limitWithoutValue(assignment) }
        let (name, value) = (String(parts[0]), String(parts[1]))
        if name == LimitKey.buffer {
            guard let megabytes = (try? SizeText.parse(value)).flatMap(Limits.bufferMegabytes) else {
                throw .badBuffer(value)
            }
            limits.bufferMegabytes = megabytes
            return
        }
        guard let macro = Limits.Macro(rawValue: name) else { throw .unknownLimit(name) }
        guard let number = IntegerText.parse(value), macro.range.contains(number) else {
            throw .limitOutOfRange(name, macro.range, written: value)
        }
        limits.macros[macro] = UInt64(number)
    }
}
