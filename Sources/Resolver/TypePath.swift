import DebugInfo
import Diagnostics
import StapLanguage

/// The way through types that a target expression's `->` and `[]` take, by stap's rules.
///
/// `->` goes through any number of pointers; `[]` takes one step through an array, whatever its dimensions,
/// or a pointer.
struct TypePath {
    /// Where it leads.
    enum Outcome {
        /// To a value; what that points to, where it is a pointer or an address.
        case reached(pointee: DWARFType?)
        /// Nowhere: why, and at which step.
        case failed(ResolverProblem, at: SourceRange)
    }

    let steps: [TargetExpression.Step]
    let isAddress: Bool
    /// The whole expression's place.
    let range: SourceRange

    /// A chain of pointers or anonymous types longer than this is a cycle.
    private static let maximumDepth = 64

    /// Follows the way.
    ///
    /// - Parameters:
    ///   - start: The type to begin with; nil is void.
    ///   - isPointee: Whether the expression before is a pointer to it, so that `[i]` may count in it.
    /// - Returns: Where the way leads.
    func follow(from start: DWARFType?, isPointee: Bool) -> Outcome {
        var current = start
        var isBitField = false
        for (number, step) in steps.enumerated() {
            switch step.kind {
            case .prettyPrint: return .reached(pointee: nil)
            case .index:
                if number == 0, isPointee, current?.unqualified.map(Self.isPlain) == true { continue }
                switch current?.unqualified?.kind {
                case .pointer?, .reference?, .rvalueReference?, .array?:
                    guard let target = current?.unqualified?.target, target.unqualified != nil else {
                        return invalid(step, current)
                    }
                    current = target
                default: return invalid(step, current)
                }
                isBitField = false
            case .member(let name):
                switch member(name, of: current, step) {
                case .failure(let failure): return .failed(failure.problem, at: step.range)
                case .success(let member):
                    current = member.type
                    isBitField = member.bitField != nil
                }
            }
        }
        return end(at: current, isBitField: isBitField)
    }

    private struct Failure: Error {
        var problem: ResolverProblem
    }

    private func member(
        _ name: String, of type: DWARFType?, _ step: TargetExpression.Step
    ) -> Result<Member, Failure> {
        var current = type?.unqualified
        for _ in 0..<Self.maximumDepth {
            switch current?.kind {
            case .pointer?, .reference?, .rvalueReference?: current = current?.target?.unqualified
            case .structure?, .class?, .union?:
                guard let whole = current?.completed, !whole.isDeclaration else {
                    return .failure(Failure(problem: .incompleteType(current?.description ?? "it")))
                }
                if let member = whole.member(named: name) { return .success(member) }
                return .failure(
                    Failure(
                        problem: .noMember(name, type: whole.description, names: whole.memberNames)))
            default: break
            }
            guard let current, Self.isPlain(current) == false || current.isAggregate else { break }
        }
        return .failure(
            Failure(problem: .invalidAccess(step.range.text, type: type?.description ?? "void")))
    }

    private func invalid(_ step: TargetExpression.Step, _ type: DWARFType?) -> Outcome {
        .failed(.invalidAccess(step.range.text, type: type?.description ?? "void"), at: step.range)
    }

    private func end(at type: DWARFType?, isBitField: Bool) -> Outcome {
        if isAddress {
            return isBitField ? .failed(.addressOfBitField, at: range) : .reached(pointee: type)
        }
        guard let value = type?.unqualified else { return .reached(pointee: nil) }
        if value.isAggregate {
            let member = value.memberNames.first
            return .failed(
                .wholeAggregate(range.text, type: value.description, member: member),
                at: steps.last?.range ?? range)
        }
        switch value.kind {
        case .pointer, .reference, .rvalueReference: return .reached(pointee: value.target)
        default: return .reached(pointee: nil)
        }
    }

    /// Whether it has neither elements nor a target.
    private static func isPlain(_ type: DWARFType) -> Bool {
        switch type.kind {
        case .pointer, .reference, .rvalueReference, .array: false
        default: true
        }
    }
}
