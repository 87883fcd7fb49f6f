import Diagnostics
import RecipeModel

/// The record definitions of a recipe, compiled for matching.
struct RecordSchema: Sendable {
    /// What may follow a record's line.
    enum Follower: Sendable, Equatable {
        case stack
        case records(Int)
    }

    /// The definitions' names, in the recipe's order; the other arrays have the same order.
    var names: [String] = []
    var matchers: [RecordMatcher] = []
    var patterns: [String] = []
    /// The field that says how many things a line stands for, and its place in the record's values.
    var counts: [(field: String, place: Int)?] = []
    var followers: [[Follower]] = []
    /// Whether a stack may follow.
    var hasStack: [Bool] = []
    /// Whether the record only counts where another one is followed by it.
    var isFollowerOnly: [Bool] = []
    /// The definitions in the order in which they are tried: the one whose pattern states most first, of equal
    /// ones those that follow another record, then the recipe's order.
    var order: [Int] = []

    /// Compiles definitions; throws where a pattern is malformed or names an unknown record.
    init(_ definitions: [RecordDefinition]) throws(DiagnosticsError) {
        var diagnostics: [Diagnostic] = []
        names = definitions.map(\.name)
        patterns = definitions.map(\.line.value)
        isFollowerOnly = definitions.map { _ in false }
        for definition in definitions {
            do throws(RecordPatternError) {
                let matcher = RecordMatcher(try RecordPattern(parsing: definition.line.value))
                matchers.append(matcher)
                counts.append(
                    definition.counts.flatMap { counted in
                        matcher.fieldNames.firstIndex(of: counted.value).map { (counted.value, $0) }
                    })
            } catch {
                diagnostics.append(ReportMessages.malformedPattern(definition, error))
            }
            var followers: [Follower] = []
            for follower in definition.followedBy {
                switch follower {
                case .stack: followers.append(.stack)
                case .records(let name):
                    if let index = names.firstIndex(of: name.value) {
                        followers.append(.records(index))
                        isFollowerOnly[index] = true
                    } else {
                        diagnostics.append(ReportMessages.unknownRecord(name, among: names))
                    }
                }
            }
            self.followers.append(followers)
            hasStack.append(followers.contains(.stack))
        }
        try diagnostics.throwIfErrors()
        // A record that follows only itself would never be found: it may also start.
        for index in isFollowerOnly.indices where isFollowerOnly[index] {
            let others = followers.indices.filter { $0 != index && followers[$0].contains(.records(index)) }
            isFollowerOnly[index] = !others.isEmpty
        }
        order = matchers.indices.sorted { left, right in
            let a = (-matchers[left].literalCount, isFollowerOnly[left] ? 0 : 1, left)
            return a < (-matchers[right].literalCount, isFollowerOnly[right] ? 0 : 1, right)
        }
    }
}
