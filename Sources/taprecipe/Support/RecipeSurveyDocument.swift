import Diagnostics
import RecipeModel
import Resolver

/// A survey in a form for programs: `docs/operators.md` says what is promised of it.
struct RecipeSurveyDocument: Encodable {
    struct Item: Encodable {
        var name: String
        var file: String
        /// Where its folder's place on the search path comes from, as in `list`.
        var origin: String
        /// `can-run`, `needs-input`, `cannot-run` or `unsound`.
        var state: String
        /// Whether only root can run it.
        var needsRoot: Bool
        /// What a user must add to the command line.
        var needs: [String]
        /// The parameters that were filled from what is here.
        var parameters: [String: String]
        /// Why it cannot run, or what was looked for in vain.
        var reasons: [String]
        /// Problems of the recipe's form, then of its script.
        var diagnostics: [DiagnosticDocument]
        var points: [ValidationDocument.Point]
        var unchecked: [String]

        init(_ entry: RecipeSurvey.Entry) {
            name = entry.name
            file = entry.file
            origin = entry.origin.rawValue
            state = entry.state.rawValue
            needsRoot = entry.needsRoot
            needs = entry.needs
            parameters = Dictionary(uniqueKeysWithValues: entry.filled.map { ($0.parameter, $0.value) })
            reasons = entry.reasons
            let checked = entry.validation
            diagnostics = (checked?.diagnostics ?? entry.problems).map {
                DiagnosticDocument($0, map: checked?.map)
            }
            points = (checked?.resolved?.points ?? []).map(ValidationDocument.Point.init)
            unchecked = (checked?.resolved?.unchecked ?? []).map(\.text)
        }
    }

    /// By name.
    var recipes: [Item]

    init(_ survey: RecipeSurvey) { recipes = survey.entries.map(Item.init) }
}
