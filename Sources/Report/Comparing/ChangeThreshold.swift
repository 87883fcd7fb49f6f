/// How much a value has to change to count as another one: more than both of these.
public struct ChangeThreshold: Sendable, Equatable {
    /// The share of the earlier value.
    public var share: Double
    /// The amount, in the value's own unit.
    public var amount: Double

    /// Creates a threshold; without arguments every change counts.
    public init(share: Double = 0, amount: Double = 0) {
        self.share = share
        self.amount = amount
    }

    /// Reads `10%`, `500`, or both as `10%,500`; nil for anything else.
    public init?(_ text: String) {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false)[...]
        self.init()
        if let first = parts.first, first.hasSuffix("%") {
            guard let share = Self.number(first.dropLast()) else { return nil }
            self.share = share / 100
            parts = parts.dropFirst()
            if parts.isEmpty { return }
        }
        guard parts.count == 1, let amount = Self.number(parts[parts.startIndex]) else { return nil }
        self.amount = amount
    }

    /// Digits, perhaps with a fraction.
    private static func number(_ text: Substring) -> Double? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }) else { return nil }
        return Double(text)
    }

    /// As it is read.
    public var text: String {
        func words(_ number: Double) -> String {
            number == number.rounded() ? "\(Int64(number))" : "\(number)"
        }
        let share = words(share * 100) + "%"
        return self.share == 0 ? words(amount) : amount == 0 ? share : "\(share),\(words(amount))"
    }

    /// Whether a value became another one; what is no number did wherever it differs.
    func isExceeded(from old: Table.Cell, to new: Table.Cell) -> Bool {
        guard old != new else { return false }
        guard let before = Measure.amount(old), let after = Measure.amount(new) else { return true }
        let change = abs(after - before)
        return change > 0 && change > abs(before) * share && change > amount
    }
}

/// The thresholds of a comparison.
public struct ChangeThresholds: Sendable, Equatable {
    /// Of counts, which are exact.
    public var counts: ChangeThreshold
    /// Of sums, means, least and greatest values, such as times, which never are quite the same twice.
    public var amounts: ChangeThreshold

    /// Creates thresholds; those of a comparison that nobody has told otherwise by default.
    public init(
        counts: ChangeThreshold = ChangeThreshold(), amounts: ChangeThreshold = ChangeThreshold(share: 0.1)
    ) {
        self.counts = counts
        self.amounts = amounts
    }

    /// That of a measure, by its column's name.
    func threshold(of measure: String) -> ChangeThreshold { measure.hasSuffix(")") ? amounts : counts }
}
