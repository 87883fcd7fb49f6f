import DebugInfo
import Diagnostics
import StapLanguage

/// Target variables of marks, linkage tables and system calls, which are values without a type of the program.
extension HandlerCheck {
    /// Checks `$name` with what is applied to it.
    ///
    /// - Returns: Whether the name is one of the values, right or wrong; others are looked up at the values' site.
    mutating func checkContextValue(
        _ name: Name, _ target: TargetExpression, of values: ContextValues
    ) -> Bool {
        let text = name.text
        if let operand = values.unreadable[text] {
            report(.unreadableArgument(text, operand: operand, of: values.owner), at: name.range)
        } else if values.unreadable.isEmpty == false, ["$vars", "$parms"].contains(text) {
            let first = values.unreadable.sorted { $0.key < $1.key }[0]
            report(.unreadableArgument(first.key, operand: first.value, of: values.owner), at: name.range)
        } else if values.numbers.contains(text) || values.strings.contains(text) {
            let step = target.steps.first { step in
                if case .prettyPrint = step.kind { false } else { true }
            }
            if let step {
                report(.partOfContextValue(step.range.text, of: text), at: step.range)
            } else if target.isAddress {
                report(.addressOfContextValue(text), at: name.range)
            }
        } else if values.site?.variable(named: text) == nil, !text.hasPrefix("$") || values.site == nil {
            let names = values.names + (values.site?.variableNames ?? [])
            report(.noContextValue(text, of: values.owner, names: names), at: name.range)
        } else {
            return false
        }
        return true
    }
}
