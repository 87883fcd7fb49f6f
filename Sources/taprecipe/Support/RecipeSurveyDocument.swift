import Diagnostics
import Engine
import RecipeModel
import Resolver

/// A survey in a form for programs: `docs/operators.md` says what is promised of it.
struct RecipeSurveyDocument: Encodable {
    struct Ability: Encodable {
        /// `bpf` or `stap`.
        var engine: String
        /// Whether this user could run it.
        var canRun: Bool
        /// Whether root could.
        var canRunAsRoot: Bool
        /// What stops it, a few words each.
        var reasons: [String]

        init(_ verdict: DoctorReport.Verdict) {
            engine = verdict.engine.rawValue
            canRun = verdict.isPossible
            canRunAsRoot = verdict.isPossibleAsRoot
            reasons = verdict.blockers.map {
                $0.explanation.isEmpty ? $0.title : "\($0.title): \($0.explanation)"
            }
        }
    }

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
        /// What each engine could do with it here.
        var engines: [Ability]
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
            engines = entry.engines.map(Ability.init)
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
