/// The one place where sizes are read and written: `512`, `64KiB`, `16MiB`, `1GiB`.
public enum SizeText {
    /// Why a text is no size.
    public enum Problem: Error, Sendable, Equatable {
        /// No digits at its start.
        case noNumber
        /// A fraction, which is not taken.
        case fraction
        /// A unit that there is not.
        case unknownUnit(String)
        /// More than a script's 63-bit numbers hold.
        case tooLarge
    }

    /// The units in bytes, the largest first.
    private static let units: [(name: String, bytes: UInt64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// The names of the units.
    public static var unitNames: [String] { units.map(\.name) }

    /// Reads a whole number of bytes, perhaps with a unit.
    public static func parse(_ text: String) throws(Problem) -> UInt64 {
        do throws(UnitText.Problem) {
            let parsed = try UnitText(text)
            let name = parsed.unit.isEmpty ? "B" : parsed.unit
            guard let unit = units.first(where: { $0.name == name }) else {
                throw UnitText.Problem.unknownUnit(name)
            }
            return try parsed.times(unit.bytes, limit: UInt64(Int64.max))
        } catch {
            throw switch error {
            case .noNumber, .noUnit: .noNumber
            case .fraction: .fraction
            case .unknownUnit(let unit): .unknownUnit(unit)
            case .tooLarge: .tooLarge
            }
        }
    }

    /// Writes a size in the largest unit that takes it whole; bytes bear none.
    public static func print(_ bytes: UInt64) -> String {
        guard bytes > 0, let unit = units.first(where: { bytes % $0.bytes == 0 }), unit.bytes > 1 else {
            return "\(bytes)"
        }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
