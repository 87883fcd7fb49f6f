import Diagnostics
import RecipeModel

/// One pass over a template with values at hand.
struct Expansion {
    private let template: Template
    private let bytes: [UInt8]
    private let values: [String: ParameterValue]
    private var tracker = RoleTracker()
    /// Where in the output the current string literal's text begins.
    private var literalStart = 0
    /// What has been written.
    private(set) var output: ExpandedText
    /// Values that could not stand where they should.
    private(set) var problems: [TemplateProblem] = []

    init(_ template: Template, of script: ScriptSource, values: [String: ParameterValue]) {
        self.template = template
        self.bytes = script.text.bytes
        self.values = values
        self.output = ExpandedText(script)
    }

    mutating func run() {
        /// Whether each enclosing condition is taken.
        var taken: [Bool] = []
        for (index, piece) in template.pieces.enumerated() {
            switch piece.kind {
            case .condition(let name, let isNegated):
                space(for: piece, where: taken)
                taken.append((values[name]?.isPresent ?? false) != isNegated)
            case .endCondition:
                taken.removeLast()
                space(for: piece, where: taken)
            case _ where taken.contains(false): continue
            case .placeholder(let name):
                substitute(name, at: index)
                tracker.pass(piece, of: bytes)
            default:
                if piece.kind == .string(opens: true) { literalStart = output.bytes.count + 1 }
                tracker.pass(piece, of: bytes)
                output.copy(piece.range)
            }
        }
    }

    /// A marker within a line becomes a space, lest the tokens around it join.
    private mutating func space(for piece: Template.Piece, where taken: [Bool]) {
        if !piece.isAloneOnLine, !taken.contains(false) {
            output.write([UInt8(ascii: " ")], for: piece.range)
        }
    }

    private mutating func substitute(_ name: String, at index: Int) {
        let piece = template.pieces[index]
        guard let value = values[name] else {
            return problems.append(.init(.maybeUnset(name), at: piece.range))
        }
        let isInString = piece.context == .string
        let substitution = Substitution(
            role: tracker.role(in: piece.context),
            before: output.bytes[(isInString ? min(literalStart, output.bytes.count) : 0)...],
            isInCondition: tracker.isInCondition, isAlone: isInString && template.isAlone(index, in: bytes))
        do throws(Refusal) {
            output.write(try substitution.bytes(for: value), for: piece.range)
        } catch {
            problems.append(.init(.refused(name, error), at: piece.range))
        }
    }
}

extension Template {
    /// Whether the placeholder is all that its string literal holds.
    func isAlone(_ index: Int, in bytes: [UInt8]) -> Bool {
        let quote = CollectionOfOne(UInt8(ascii: "\""))
        guard index > 0, index + 1 < pieces.count else { return false }
        let (before, after) = (pieces[index - 1], pieces[index + 1])
        return before.kind == .string(opens: true) && bytes[before.range].elementsEqual(quote)
            && after.kind == .string(opens: false) && bytes[after.range].elementsEqual(quote)
    }
}
