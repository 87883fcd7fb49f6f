/// A whole number with a unit behind it, as durations and sizes are written.
struct UnitText {
    /// Why a text is not one.
    enum Problem: Error, Equatable {
        /// No digits at its start.
        case noNumber
        /// A fraction, which is not taken: `1.5s`.
        case fraction
        /// A number without a unit where one is needed.
        case noUnit
        /// A unit that there is not.
        case unknownUnit(String)
        /// More than can be counted.
        case tooLarge
    }

    var number: UInt64
    var unit: String

    init(_ text: String) throws(Problem) {
        let digits = text.utf8.prefix { $0.isASCIIDigit }
        guard !digits.isEmpty else { throw .noNumber }
        guard let number = UInt64(Substring(digits)) else { throw .tooLarge }
        self.number = number
        unit = String(text.utf8.dropFirst(digits.count)) ?? ""
        if unit.hasPrefix(".") || unit.hasPrefix(",") { throw .fraction }
    }

    /// The number times a unit's factor, at most `limit`.
    func times(_ factor: UInt64, limit: UInt64) throws(Problem) -> UInt64 {
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        guard !overflows, product <= limit else { throw .tooLarge }
        return product
    }
}
