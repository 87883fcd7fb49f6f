import DebugInfo
import Diagnostics
import StapLanguage

/// Target expressions in the probes of points that have variables of their own.
extension HandlerCheck {
    /// Checks `$name` with what is applied to it.
    ///
    /// - Returns: Whether the name is one of the point's, right or wrong; others are looked up at the point's site.
    mutating func check(
        _ name: Name, _ target: TargetExpression, at range: SourceRange, of variables: PointVariables
    ) -> Bool {
        let text = name.text
        guard let value = variables[text] else {
            if variables.site?.variable(named: text) != nil { return false }
            if variables.site != nil, text.hasPrefix("$") { return false }
            let names = variables.names + (variables.site?.variableNames ?? [])
            report(.noPointVariable(text, of: variables.owner, names: names), at: name.range)
            return true
        }
        switch value {
        case _ where target.isAddress:
            report(.addressOfPlainValue(text), at: name.range)
        case .unreadable(let operand):
            report(.unreadableArgument(text, operand: operand, of: variables.owner), at: name.range)
        case .bareText, .number:
            if let step = target.steps.first {
                report(.partOfPlainValue(step.range.text, of: text), at: step.range)
            } else if let load = variables.load(of: text, at: range) {
                take(load)
            }
        case .plain:
            if let step = target.steps.first(where: { !$0.isPrettyPrint }) {
                report(.partOfPlainValue(step.range.text, of: text), at: step.range)
            } else if ["$vars", "$parms"].contains(text), let (argument, operand) = variables.firstUnreadable
            {
                report(.unreadableArgument(argument, operand: operand, of: variables.owner), at: name.range)
            } else if let pieces = variables.texts(text, at: range) {
                take(
                    TypedLoad(
                        start: .constant(0), steps: [], value: .text(pieces), typeName: "string", range: range
                    ))
            }
        case .wholeOnly: break
        case .kernel(let type?):
            if let place = variables.names.firstIndex(of: text) {
                follow(target, from: type, place, at: range)
            }
        case .kernel(nil): if !target.steps.isEmpty { pass(over: range, .kernelTypesUnknown) }
        }
        return true
    }

    /// Follows `->` and `[]` through the kernel's types, as `TypePath` does through DWARF's.
    private mutating func follow(
        _ target: TargetExpression, from start: BTFType, _ argument: Int, at range: SourceRange
    ) {
        var current = start
        var width = 0
        var way = TypePath.Way()
        var bit = 0
        for step in target.steps {
            switch step.kind {
            case .prettyPrint: return
            case .index:
                guard let element = current.target else {
                    return report(
                        .invalidAccess(step.range.text, type: current.description), at: step.range)
                }
                if current.kind == .pointer { way.steps.append(.dereference) }
                if case .index(let index) = step.kind {
                    way.steps.append(.index(index.range, size: UInt64(element.size ?? 1)))
                }
                (current, width) = (element, 0)
            case .member(let name):
                var whole = current
                for _ in 0..<16 {
                    guard whole.kind == .pointer, let target = whole.target else { break }
                    whole = target
                    way.steps.append(.dereference)
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
                (current, width, bit) = (member.type, member.width, member.bit)
                way.add(UInt64(bit / 8))
            }
        }
        if current.kind == .aggregate {
            report(
                .wholeAggregate(
                    range.text, type: current.description, member: current.memberNames.first),
                at: target.steps.last?.range ?? range)
            return
        }
        if width > 0 {
            way.value = .bitField(
                offset: UInt64(bit % 8), width: UInt64(width), isSigned: current.isSigned,
                countsFromStart: true)
        } else if current.kind != .array, let size = current.size {
            way.value = .integer(size: UInt64(size), isSigned: current.isSigned)
        }
        take(
            TypedLoad(
                start: .eventArgument(argument), steps: way.steps, value: way.value,
                typeName: current.description, range: range))
    }
}

extension TargetExpression.Step {
    /// Whether it is `$` or `$$` behind the whole.
    fileprivate var isPrettyPrint: Bool { if case .prettyPrint = kind { true } else { false } }
}
