/// What a run must not do to its machine; it is not begun, or ended, where it would.
public struct RunGuards: Sendable, Equatable, Codable {
    /// The most that the load of the last minute, as getloadavg(3) tells it, may be.
    public var maximumLoad: Double?
    /// The most that probes may cost the target, as a share of the processor time that it uses.
    public var maximumOverhead: Double?

    /// Creates guards; nil guards nothing.
    public init(maximumLoad: Double? = nil, maximumOverhead: Double? = nil) {
        self.maximumLoad = maximumLoad
        self.maximumOverhead = maximumOverhead
    }

    /// Whether there is anything to guard.
    public var isEmpty: Bool { self == RunGuards() }

    /// These with those of `other` over them.
    public func overridden(by other: RunGuards) -> RunGuards {
        RunGuards(
            maximumLoad: other.maximumLoad ?? maximumLoad,
            maximumOverhead: other.maximumOverhead ?? maximumOverhead)
    }

    /// A load such as `4.5`; nil where it is none above 0.
    public static func load(written text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    /// A share such as `2%`, of which more than 100% is none; nil where it is none.
    public static func share(written text: String) -> Double? {
        guard text.hasSuffix("%"), let percentage = Double(text.dropLast()), percentage > 0,
            percentage <= 100
        else { return nil }
        return percentage / 100
    }
}
