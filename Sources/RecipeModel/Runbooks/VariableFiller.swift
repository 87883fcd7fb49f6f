import Diagnostics

/// Puts the values of a runbook's variables in the place of `{{name}}`, wherever a scalar holds that.
///
/// What comes out stands where it was written, and has whichever type its text fits: `"{{seconds}}s"` can be a duration,
/// `"{{least}}"` a number.
final class VariableFiller {
    /// The most bytes that all filled texts may have together.
    static let sizeLimit = 4 << 20

    private let values: RunbookValues
    private let problems: ProblemCollector
    private var size = 0

    init(_ values: RunbookValues, problems: ProblemCollector) {
        self.values = values
        self.problems = problems
    }

    /// A value with its variables filled in; what is wrong with them is reported, and left as it is, as is what holds
    /// one without a value.
    func filled(_ node: YAMLNode) -> YAMLNode {
        var filled = node
        switch node.content {
        case .scalar(let text, _):
            guard let content = content(of: text, in: node) else { return node }
            filled.content = content
        case .sequence(let items): filled.content = .sequence(items.map(self.filled))
        case .mapping(let entries):
            filled.content = .mapping(
                entries.map { YAMLNode.Entry(key: $0.key, value: self.filled($0.value)) })
        }
        return filled
    }

    /// nil where there is nothing to fill in.
    private func content(of text: String, in node: YAMLNode) -> YAMLNode.Content? {
        do throws(VariableText.Problem) {
            let parts = try VariableText(text)
            guard !parts.variables.isEmpty else { return nil }
            for (name, offsets) in parts.variables where !values.names.contains(name) {
                problems.report(
                    .unknownVariable(name, known: values.names), at: node.range(of: offsets))
            }
            if parts.variables.contains(where: { values.open.contains($0.name) }) {
                return .scalar(text, .open)
            }
            let value = parts.filled(values.variables)
            size += value.utf8.count
            guard size <= Self.sizeLimit else {
                // Once is enough.
                if size - value.utf8.count <= Self.sizeLimit {
                    problems.report(.variablesTooLarge(limit: Self.sizeLimit), at: node.range)
                }
                return .scalar("", .filled)
            }
            return .scalar(value, .filled)
        } catch {
            switch error {
            case .unclosed(let offsets): problems.report(.unclosedVariable, at: node.range(of: offsets))
            case .badName(let name, let offsets):
                problems.report(.badName("a variable", name), at: node.range(of: offsets))
            }
            return nil
        }
    }
}
