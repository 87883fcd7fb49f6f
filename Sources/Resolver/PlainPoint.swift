import Diagnostics
import StapLanguage

/// Probe points that need no debug information: `begin`, `end`, `error`, `never`, `timer` (stapprobes(3stap)).
struct PlainPoint {
    private let point: ProbePoint

    /// What a timer counts in.
    private static let units = [
        "s", "sec", "ms", "msec", "us", "usec", "ns", "nsec", "hz", "jiffies", "profile",
    ]

    /// What stap takes: at most a day, and at least 100 us.
    private static let intervals: [String: ClosedRange<Int64>] = {
        let second: ClosedRange<Int64> = 1...86400
        let (ms, us, ns) =
            (1...second.upperBound * 1000, 100...86_400_000_000, 100_000...86_400_000_000_000)
            as (ClosedRange<Int64>, ClosedRange<Int64>, ClosedRange<Int64>)
        return [
            "s": second, "sec": second, "ms": ms, "msec": ms, "us": us, "usec": us, "ns": ns, "nsec": ns,
            "hz": 1...10000, "jiffies": 1...1_000_000,
        ]
    }()

    init(_ point: ProbePoint) { self.point = point }

    /// What is wrong with the point and where; nil where nothing is, or where it is another kind of point.
    var problem: (ResolverProblem, SourceRange)? {
        guard let first = point.components.first else { return nil }
        let rest = point.components.dropFirst()
        switch first.name.text {
        case "never":
            if first.argument != nil { return (.argument(first.name.text, takes: nil), first.range) }
            return unknown(in: rest, of: first.name.text, known: [])
        case "begin", "end", "error":
            if case .string? = first.argument {
                return (.argument(first.name.text, takes: "a number"), first.range)
            }
            return unknown(in: rest, of: first.name.text, known: [])
        case "timer": return timer(rest)
        default: return nil
        }
    }

    private func unknown(
        in rest: ArraySlice<ProbePoint.Component>, of name: String, known: [String]
    ) -> (ResolverProblem, SourceRange)? {
        guard let component = rest.first, !known.contains(component.name.text) else { return nil }
        return (.unknownPart(component.name.text, of: name, known: known), component.range)
    }

    private func timer(_ rest: ArraySlice<ProbePoint.Component>) -> (ResolverProblem, SourceRange)? {
        guard let unit = rest.first else {
            return (.unknownPart("", of: "timer", known: Self.units), point.range)
        }
        let name = unit.name.text
        if name.contains("*") { return nil }
        guard Self.units.contains(name) else { return unknown(in: rest, of: "timer", known: Self.units) }
        if name == "profile" {
            if unit.argument != nil { return (.argument("timer.profile", takes: nil), unit.range) }
            if let next = rest.dropFirst().first, next.name.text == "freq", next.argument != nil {
                return (.argument("timer.profile.freq", takes: nil), next.range)
            }
            return unknown(in: rest.dropFirst(), of: "timer.profile", known: ["tick", "freq"])
        }
        guard case .number(let interval)? = unit.argument else {
            return (.argument("timer.\(name)", takes: "a number"), unit.range)
        }
        if let range = Self.intervals[name], !range.contains(interval) {
            return (
                .argument("timer.\(name)", takes: "a number from \(range.lowerBound) to \(range.upperBound)"),
                unit.range
            )
        }
        guard let next = rest.dropFirst().first else { return nil }
        guard next.name.text == "randomize", name != "hz" else {
            return unknown(
                in: rest.dropFirst(), of: "timer.\(name)", known: name == "hz" ? [] : ["randomize"])
        }
        guard case .number(let spread)? = next.argument, (0...interval).contains(spread) else {
            return (.argument("randomize", takes: "a number up to \(interval)"), next.range)
        }
        return unknown(in: rest.dropFirst(2), of: "timer.\(name).randomize", known: [])
    }
}
