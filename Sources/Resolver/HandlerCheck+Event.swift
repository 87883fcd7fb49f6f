import DebugInfo
import Diagnostics
import StapLanguage

/// Target expressions in the probes of events.
extension HandlerCheck {
    /// Checks `$name…` against an event's variables.
    mutating func resolve(
        _ name: Name, _ target: TargetExpression, at range: SourceRange, of event: EventVariables
    ) {
        guard !event.contexts.contains(name.text) else { return }
        guard event.names.contains(name.text) else {
            return report(
                .kernel(
                    .noEventVariable(name.text, event: event.event, names: event.names + event.contexts)),
                at: name.range)
        }
        guard let type = event.types[name.text] else { return }
        follow(target, from: type, at: range)
    }

    /// Follows `->` and `[]` through the kernel's types, as `TypePath` does through DWARF's.
    private mutating func follow(_ target: TargetExpression, from start: BTFType, at range: SourceRange) {
        var current = start
        for step in target.steps {
            switch step.kind {
            case .prettyPrint: return
            case .index:
                guard let element = current.target else {
                    return report(
                        .invalidAccess(step.range.text, type: current.description), at: step.range)
                }
                current = element
            case .member(let name):
                var whole = current
                for _ in 0..<16 {
                    guard whole.kind == .pointer, let target = whole.target else { break }
                    whole = target
                }
                switch whole.kind {
                case .aggregate: break
                case .incomplete: return report(.incompleteType(whole.description), at: step.range)
                default:
                    return report(
                        .invalidAccess(step.range.text, type: current.description), at: step.range)
                }
                guard let member = whole.member(named: name) else {
                    return report(
                        .noMember(name, type: whole.description, names: whole.memberNames), at: step.range)
                }
                current = member
            }
        }
        if !target.isAddress, current.kind == .aggregate {
            report(
                .wholeAggregate(
                    range.text, type: current.description, member: current.memberNames.first),
                at: target.steps.last?.range ?? range)
        }
    }
}
