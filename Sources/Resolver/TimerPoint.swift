import Diagnostics
import StapLanguage

/// `timer.…`, within the ranges that stap's runtime takes (stapprobes(3stap), TIMERS).
struct TimerPoint {
    private let point: ProbePoint

    /// Nanoseconds in each unit, and the least number of it: timers below 100 µs are refused.
    private static let units: [String: (nanoseconds: Int64, least: Int64)] = [
        "s": (1_000_000_000, 1), "sec": (1_000_000_000, 1), "ms": (1_000_000, 1), "msec": (1_000_000, 1),
        "us": (1_000, 100), "usec": (1_000, 100), "ns": (1, 100_000), "nsec": (1, 100_000),
    ]
    private static let day: Int64 = 86_400_000_000_000

    init(_ point: ProbePoint) { self.point = point }

    /// Judges a point that has one of the timer's forms.
    func resolve() -> KernelPoint.Result {
        let unit = point.components[1]
        let name = unit.name.text
        let count = KernelPoint.number(unit) ?? 0
        let kind: ResolvedEvent.Kind
        switch name {
        case "jiffies":
            if let problem = outOfRange(unit, 1, 1_000_000) ?? randomize(count) { return problem }
            kind = .timerJiffies(
                count, randomize: KernelPoint.number(point.components.dropFirst(2).first) ?? 0)
        case "hz":
            if let problem = outOfRange(unit, 1, 10_000) { return problem }
            kind = .timer(nanoseconds: 1_000_000_000 / count, randomize: 0)
        case "profile":
            if point.components.dropFirst(2).first?.name.text == "tick" {
                return .failed(.noProfileTick, at: point.components[2].name.range)
            }
            // The tapset's timers.stp, for kernels that have no 'timer.profile.tick'.
            let rate = KernelPoint.number(point.components.last)
            kind = .sample(.clock(rate.map { .hertz($0) } ?? .every(1_000_000)), of: .all)
        default:
            let (nanoseconds, least) = Self.units[name] ?? (1, 1)
            if let problem = outOfRange(unit, least, Self.day / nanoseconds) ?? randomize(count) {
                return problem
            }
            let spread = KernelPoint.number(point.components.dropFirst(2).first) ?? 0
            kind = .timer(nanoseconds: count * nanoseconds, randomize: spread * nanoseconds)
        }
        // stap gives the user registers in some timers, but no target variables in any.
        return .events([.init(kind: kind, mode: .noVariables("timer.\(name)"))])
    }

    /// The spread may be as large as the interval.
    private func randomize(_ interval: Int64) -> KernelPoint.Result? {
        guard point.components.count > 2 else { return nil }
        return outOfRange(point.components[2], 0, interval)
    }

    private func outOfRange(
        _ component: ProbePoint.Component, _ least: Int64, _ greatest: Int64
    ) -> KernelPoint.Result? {
        guard let number = KernelPoint.number(component), number < least || number > greatest else {
            return nil
        }
        return .failed(
            .outOfRange(component.name.text, number, least: least, greatest: greatest), at: component.range)
    }
}
