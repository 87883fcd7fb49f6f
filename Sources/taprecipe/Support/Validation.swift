import Diagnostics
import RecipeModel
import Resolver
import Templater

/// What came of checking one recipe, runbook or script.
struct Validation {
    /// The verdict.
    enum Verdict: String {
        /// Its script was held against the programs that it probes.
        case fits
        /// The recipe is in order; its script was not looked at, as parameters are not given.
        case sound
        /// Something is wrong.
        case doesNotFit = "does-not-fit"
    }

    /// What was checked.
    enum Kind: String { case recipe, runbook, script }

    /// The recipe's name, the script's path, or the word that the user wrote where that leads to neither.
    var name: String
    let kind: Kind
    /// The file; nil where a recipe's could not be found.
    let file: String?
    let verdict: Verdict
    /// Errors and warnings.
    let complaints: [Complaint]
    /// A recipe's script, where it fits.
    let script: Script?
    /// What it probes, where it fits; of a runbook, each of its steps.
    let scripts: [ResolvedScript]
    /// A runbook's steps, where it fits.
    var steps: [PlannedStep] = []
    /// The required parameters that were not given, where it is only sound.
    let missing: [Parameter]

    init(
        name: String, kind: Kind, file: String?, verdict: Verdict, diagnostics: [Diagnostic] = [],
        map: SourceMap? = nil, script: Script? = nil, resolved: ResolvedScript? = nil,
        missing: [Parameter] = []
    ) {
        self.name = name
        self.kind = kind
        self.file = file
        self.verdict = verdict
        complaints = diagnostics.isEmpty ? [] : [Complaint(diagnostics: diagnostics, map: map)]
        self.script = script
        scripts = resolved.map { [$0] } ?? []
        self.missing = missing
    }

    /// A runbook.
    init(_ name: String, file: String, complaints: [Complaint] = [], steps: [PlannedStep] = []) {
        self.name = name
        kind = .runbook
        self.file = file
        verdict = complaints.isEmpty ? .fits : .doesNotFit
        self.complaints = complaints
        script = nil
        scripts = steps.compactMap(\.plan.resolved)
        self.steps = steps
        missing = []
    }

    /// All errors and warnings.
    var diagnostics: [Diagnostic] { complaints.flatMap(\.diagnostics) }
    /// Of one recipe or script: from the expanded script to the recipe.
    var map: SourceMap? { complaints.first?.map }
    /// Of one recipe or script: what it probes, where it fits.
    var resolved: ResolvedScript? { scripts.first }

    /// The result's line, and one for each probe point that was not looked into.
    var text: String {
        let name = Console.safe(Array(name.utf8))
        switch verdict {
        case .doesNotFit: return "\(name): does not fit\n"
        case .sound:
            let names = missing.map { "--\($0.name)" }.joined(separator: ", ")
            return "\(name): the recipe is sound; give \(names) to check the script\n"
        case .fits:
            let places = scripts.map(\.points.count).reduce(0, +)
            let unchecked = scripts.flatMap(\.unchecked).map { point in
                "  not checked: \(point.text)\(point.reason.explanation.map { " (\($0))" } ?? "")\n"
            }
            let steps = kind == .runbook ? "\(steps.count) step\(steps.count == 1 ? "" : "s"), " : ""
            return "\(name): fits, \(steps)\(places) probed place\(places == 1 ? "" : "s")\n"
                + unchecked.joined()
        }
    }

    /// The last line of several.
    static func summary(_ all: [Validation]) -> String {
        let counts = [("fit", Verdict.fits), ("sound", .sound), ("not fitting", .doesNotFit)].map {
            word, verdict in
            (word, all.count { $0.verdict == verdict })
        }
        return "\(all.count) checked: "
            + counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + "\n"
    }
}

extension UncheckedPoint.Reason {
    /// Why an expression was not checked, where the expression does not tell.
    fileprivate var explanation: String? {
        switch self {
        case .headers: "only a compiler can read headers"
        case .kernelTypesUnknown: "nothing here tells the types of this kernel"
        default: nil
        }
    }
}
