import Glibc
public import RecipeModel

extension RunGuards {
    /// What is not as it should be now.
    ///
    /// - Parameters:
    ///   - load: The load of the last minute.
    ///   - overhead: What the probes cost lately; nil where that is not known.
    /// - Returns: The first guard that is met; nil where none is.
    public func breach(load: Double?, overhead: Double?) -> GuardBreach? {
        if let most = maximumLoad, let load, load > most { return .load(load, most: most) }
        if let most = maximumOverhead, let overhead, overhead > most {
            return .overhead(overhead, most: most)
        }
        return nil
    }

    /// The load of the last minute; nil where it cannot be told.
    public static var load: Double? {
        var load = 0.0
        return getloadavg(&load, 1) == 1 ? load : nil
    }
}

/// Which of the ``RunGuards`` was met.
public enum GuardBreach: Sendable, Equatable {
    case load(Double, most: Double)
    case overhead(Double, most: Double)

    /// It in words, to stand behind "was ended by".
    public var words: String {
        func number(_ value: Double) -> String {
            guard value == 0 || value >= 0.01 else { return "\(value)" }
            let hundredths = Int((value * 100).rounded())
            let digits = hundredths % 100
            return "\(hundredths / 100)" + (digits == 0 ? "" : digits < 10 ? ".0\(digits)" : ".\(digits)")
        }
        return switch self {
        case .load(let load, let most): "--max-load \(number(most)): the load was \(number(load))"
        case .overhead(let share, let most):
            "--max-overhead \(number(most * 100))%: the probes took about \(number(share * 100))% "
                + "of the target's processor time"
        }
    }
}
