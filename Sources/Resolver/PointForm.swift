import DebugInfo
import Diagnostics
import StapLanguage

/// A component of a probe point as stap's translator knows it, with what may follow it.
///
/// A tree of these is the grammar of all probe points that are not a tapset's, programs' and the kernel's alike; see
/// `PointForm+Table.swift`.
struct PointForm: Sendable {
    /// What stands in its parentheses.
    enum Argument: Sendable, Equatable {
        case none, number, string

        init(_ argument: ProbePoint.Component.Argument?) {
            switch argument {
            case nil: self = .none
            case .number: self = .number
            case .string: self = .string
            }
        }
    }

    let name: String
    let argument: Argument
    /// Whether a point may end here.
    let isWhole: Bool
    /// Whether a tapset gives it further components that are not in the table.
    let isOpen: Bool
    let next: [PointForm]

    init(
        _ name: String, _ argument: Argument, isWhole: Bool, isOpen: Bool, _ next: [PointForm]
    ) {
        self.name = name
        self.argument = argument
        self.isWhole = isWhole
        self.isOpen = isOpen
        self.next = next
    }

    /// `name(NUMBER)`, as a script would write it.
    var words: String {
        switch argument {
        case .none: name
        case .number: "\(name)(NUMBER)"
        case .string: "\(name)(\"…\")"
        }
    }
}

extension PointForm {
}

/// Holds a point's components against the forms that there are.
struct PointFormMatch {
    enum Result {
        /// It is one of the forms.
        case whole
        /// It leads into a tapset's points.
        case open
        /// A component's name is a pattern, which stands for several points.
        case pattern
        case failed(PointFormProblem, at: SourceRange)
    }

    let point: ProbePoint
    /// Names that the script and the tapsets add to the first component's.
    var otherNames: [String] = []

    /// What the point is.
    func result(among forms: [PointForm] = PointForm.table) -> Result {
        if point.components.contains(where: { $0.name.text.contains("*") }) {
            return Self.accepts(point.components[...], forms) ? .pattern : patternFailure
        }
        var forms = forms
        for (number, component) in point.components.enumerated() {
            let named = forms.filter { $0.name == component.name.text }
            guard let form = named.first(where: { $0.argument == .init(component.argument) }) else {
                return failure(component, number, named, forms)
            }
            if number == point.components.count - 1 {
                if form.isWhole { return .whole }
                return .failed(
                    .incomplete(component.name.text, next: form.next.map(\.words)), at: component.name.range)
            }
            forms = form.next
            // What a tapset adds has names of its own.
            if form.isOpen, !forms.contains(where: { $0.name == point.components[number + 1].name.text }) {
                return .open
            }
        }
        return .open
    }

    private var patternFailure: Result {
        .failed(.noPointOfPattern(Resolution.text(of: point)), at: point.range)
    }

    private func failure(
        _ component: ProbePoint.Component, _ number: Int, _ named: [PointForm], _ forms: [PointForm]
    ) -> Result {
        if let expected = named.first {
            let expectations = named.map(\.argument)
            return .failed(
                .wrongArgument(expected.name, found: .init(component.argument), expected: expectations),
                at: component.range)
        }
        let before = number == 0 ? nil : point.components[number - 1].name.text
        let names = forms.map(\.name) + (before == nil ? otherNames : [])
        return .failed(
            .unknown(
                component.name.text, after: before, names: Set(names).sorted(),
                forms: before == nil ? [] : forms.map(\.words)),
            at: component.name.range)
    }

    /// Whether a point with patterns for names stands for any form; `**` stands for any row of components.
    static func accepts(
        _ components: ArraySlice<ProbePoint.Component>, _ forms: [PointForm]
    ) -> Bool {
        guard let first = components.first else { return false }
        if first.name.text.contains("**") { return true }
        let glob = Glob(first.name.text)
        let rest = components.dropFirst()
        return forms.contains { form in
            guard glob.matches(form.name), form.argument == .init(first.argument) else { return false }
            return rest.isEmpty ? form.isWhole || form.isOpen : form.isOpen || accepts(rest, form.next)
        }
    }
}
