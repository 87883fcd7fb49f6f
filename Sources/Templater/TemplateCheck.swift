import Diagnostics
import RecipeModel

/// Finds what is wrong with a template whatever the arguments are.
struct TemplateCheck {
    private let template: Template
    private let bytes: [UInt8]
    private let parameters: [String: Parameter]
    private let order: [String]

    /// How deep conditions may nest.
    static let maximumDepth = 16

    init(_ template: Template, recipe: Recipe) {
        self.template = template
        self.bytes = recipe.script.text.bytes
        self.parameters = Dictionary(recipe.parameters.map { ($0.name, $0) }) { first, _ in first }
        self.order = recipe.parameters.map(\.name)
    }

    private struct Open {
        var name: String
        var isNegated: Bool
        var piece: Template.Piece
    }

    /// The problems, in the order of their places; unused parameters come last.
    func problems() -> [TemplateProblem] {
        var problems = template.problems
        var open: [Open] = []
        var used: Set<String> = []
        var tracker = RoleTracker()
        for (index, piece) in template.pieces.enumerated() {
            switch piece.kind {
            case .condition(let name, let isNegated):
                open.append(Open(name: name, isNegated: isNegated, piece: piece))
                used.insert(name)
                if parameters[name] == nil {
                    problems.append(.init(.unknownParameter(name, known: order), at: piece.range))
                }
                if open.count == Self.maximumDepth + 1 { problems.append(.init(.tooDeep, at: piece.range)) }
            case .endCondition(let isNegated):
                problems += close(&open, with: piece, isNegated: isNegated)
            case .placeholder(let name):
                used.insert(name)
                if let parameter = parameters[name] {
                    problems += use(of: parameter, at: index, in: open, tracker)
                } else {
                    problems.append(.init(.unknownParameter(name, known: order), at: piece.range))
                }
            default: break
            }
            tracker.pass(piece, of: bytes)
        }
        problems += open.map { .init(.unclosedCondition($0.name), at: $0.piece.range) }
        problems.sort { $0.range.lowerBound < $1.range.lowerBound }
        return problems
            + order.filter { !used.contains($0) && $0 != "binary" }.map { .init(.unused($0), at: 0..<0) }
    }

    private func close(
        _ open: inout [Open], with piece: Template.Piece, isNegated: Bool
    ) -> [TemplateProblem] {
        guard let last = open.popLast() else {
            return [.init(.unopened(isNegated: isNegated), at: piece.range)]
        }
        if last.isNegated != isNegated { return [.init(.unopened(isNegated: isNegated), at: piece.range)] }
        let isSame =
            last.piece.context == piece.context
            && (piece.context == .code || last.piece.contextStart == piece.contextStart)
        return isSame ? [] : [.init(.conditionAcrossTokens(last.name), at: last.piece.range)]
    }

    private func use(
        of parameter: Parameter, at index: Int, in open: [Open], _ tracker: RoleTracker
    ) -> [TemplateProblem] {
        let piece = template.pieces[index]
        let name = parameter.name
        if !parameter.isRequired, parameter.defaultValue == nil {
            if open.contains(where: { $0.name == name && $0.isNegated }) {
                return [.init(.surelyUnset(name), at: piece.range)]
            }
            if !open.contains(where: { $0.name == name }) {
                return [.init(.maybeUnset(name), at: piece.range)]
            }
        }
        let role = tracker.role(in: piece.context)
        switch role {
        case .embeddedC where !parameter.type.isNumber:
            return [.init(.refused(name, .textInEmbeddedC), at: piece.range)]
        case .identifier where parameter.type != .identifier:
            return [.init(.refused(name, .notAnIdentifier), at: piece.range)]
        default: break
        }
        if piece.context == .code || piece.context == .embeddedC, isGlued(piece, at: index) {
            return [.init(.glued(name), at: piece.range)]
        }
        if role == .literal || role == .regexLiteral || role == .formatLiteral,
            !tracker.expectsOperand(isNumber: parameter.type.isNumber)
        {
            return [.init(.notAnOperand(name), at: piece.range)]
        }
        return []
    }

    /// Whether a name, a number or another placeholder touches it, which would make another token of it.
    private func isGlued(_ piece: Template.Piece, at index: Int) -> Bool {
        let (lower, upper) = (piece.range.lowerBound, piece.range.upperBound)
        if lower > 0, bytes[lower - 1].isWord || bytes[lower - 1] == UInt8(ascii: "@") { return true }
        if lower > 0, bytes[lower - 1] == UInt8(ascii: "$"), index > 0,
            template.pieces[index - 1].range.count > 1
        {
            return true
        }
        if upper < bytes.count, bytes[upper].isWord { return true }
        guard index + 1 < template.pieces.count, case .placeholder = template.pieces[index + 1].kind else {
            return false
        }
        return true
    }
}
