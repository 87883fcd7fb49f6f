import DebugInfo
import StapLanguage

/// A probe point whose components' names hold `*`: it stands for every point of such a form that is there.
///
/// By stap 4.8's rules: `*` stands for any text in one name; `a**b` stands for `a*b` and for what lies deeper,
/// `a*.**b`, and is an error where nothing lies deeper. A component's argument goes to the last of the names.
struct PointPattern {
    private let point: ProbePoint

    /// nil where no name is a pattern, and where points of the kernel or of tapsets may be meant too, unless
    /// `isOfAnyKind`.
    init?(_ point: ProbePoint, isOfAnyKind: Bool = false) {
        guard let first = point.components.first, point.components.contains(where: \.isPattern) else {
            return nil
        }
        self.point = point
        guard !isOfAnyKind else { return }
        let roots = PointForm.table.filter { PointFormMatch.accepts(point.components[...], [$0]) }
        guard first.name.text == "process" || !roots.isEmpty && roots.allSatisfy({ $0.name == "process" })
        else {
            return nil
        }
    }

    /// Has `isThere` look for each point that it may stand for.
    ///
    /// - Returns: Whether it stands for enough of them.
    func resolve(_ isThere: (ProbePoint) -> Bool) -> Bool {
        outcome(of: point, at: 0, among: PointForm.table, isThere).isTaken
    }

    private struct Outcome {
        /// Whether any point was there.
        var isAny: Bool
        /// Whether stap has no complaint.
        var isTaken: Bool
    }

    private func outcome(
        of point: ProbePoint, at position: Int, among forms: [PointForm], _ isThere: (ProbePoint) -> Bool
    ) -> Outcome {
        guard position < point.components.count else {
            let isAny = isThere(point)
            return Outcome(isAny: isAny, isTaken: isAny)
        }
        let component = point.components[position]
        let name = component.name.text
        let alike = forms.filter { $0.argument == .init(component.argument) }
        guard component.isPattern else {
            let next = alike.filter { $0.name == name }.flatMap(\.next)
            return outcome(of: point, at: position + 1, among: next, isThere)
        }
        if let stars = name.firstRange(of: "**") {
            let prefix = name[..<stars.lowerBound] + "*"
            let suffix = name[stars.upperBound...].drop { $0 == "*" }
            var same = point
            same.components[position].name.text = "\(prefix)\(suffix)"
            var deeper = point
            deeper.components[position].name.text = "**\(suffix)"
            deeper.components.insert(
                .init(name: Name(String(prefix), at: component.name.range), range: component.range),
                at: position)
            let first = outcome(of: same, at: position, among: forms, isThere)
            let second = outcome(of: deeper, at: position, among: forms, isThere)
            return Outcome(isAny: first.isAny || second.isAny, isTaken: second.isTaken)
        }
        let glob = Glob(name)
        var isAny = false
        for form in alike where glob.matches(form.name) {
            var one = point
            one.components[position].name.text = form.name
            if outcome(of: one, at: position + 1, among: form.next, isThere).isAny { isAny = true }
        }
        return Outcome(isAny: isAny, isTaken: isAny)
    }
}

extension ProbePoint.Component {
    /// Whether its name stands for several.
    fileprivate var isPattern: Bool { name.text.contains("*") }
}
