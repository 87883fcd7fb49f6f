/// The one place where durations are read and written: `500ms`, `30s`, `2m`, `1h`.
public enum DurationText {
    /// Why a text is no duration.
    public enum Problem: Error, Sendable, Equatable {
        /// No digits at its start.
        case noNumber
        /// A fraction, which is not taken.
        case fraction
        /// No unit behind the number.
        case noUnit
        /// A unit that there is not.
        case unknownUnit(String)
        /// More than 365 days.
        case tooLong
        /// Less than a time to wait may be.
        case tooShort
    }

    /// The units and their length in microseconds, the longest first.
    private static let units: [(name: String, microseconds: UInt64)] = [
        ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]
    private static let limit: UInt64 = 365 * 24 * 3_600_000_000
    /// How long tracing, or a whole run, may be told to take.
    static let timeRange = Duration.milliseconds(1)...Duration.microseconds(Int64(limit))

    /// The names of the units.
    public static var unitNames: [String] { units.map(\.name) }

    /// Reads a whole number and a unit.
    public static func parse(_ text: String) throws(Problem) -> Duration {
        do throws(UnitText.Problem) {
            let parsed = try UnitText(text)
            if parsed.unit.isEmpty { throw UnitText.Problem.noUnit }
            guard let unit = units.first(where: { $0.name == parsed.unit }) else {
                throw UnitText.Problem.unknownUnit(parsed.unit)
            }
            return .microseconds(Int64(try parsed.times(unit.microseconds, limit: limit)))
        } catch {
            throw switch error {
            case .noNumber: .noNumber
            case .fraction: .fraction
            case .noUnit: .noUnit
            case .unknownUnit(let unit): .unknownUnit(unit)
            case .tooLarge: .tooLong
            }
        }
    }

    /// Writes a duration in the largest unit that takes it whole; what is below 1 µs is dropped.
    public static func print(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflows else { return "\(seconds)s" }
        let (total, overflowed) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        guard !overflowed, total != 0 else { return "\(seconds)s" }
        let unit = units.first { total.magnitude % $0.microseconds == 0 } ?? ("us", 1)
        return "\(total < 0 ? "-" : "")\(total.magnitude / unit.microseconds)\(unit.name)"
    }
}
