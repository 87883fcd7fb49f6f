import Diagnostics
import Engine
import RecipeModel
import Resolver
import Templater

/// What each recipe on the search path could do on this machine, and why not.
struct RecipeSurvey {
    /// What is to be said of a recipe, the worst first.
    enum State: String {
        /// The file is no proper recipe.
        case unsound
        /// Its script does not fit what is here, or no engine can run it.
        case cannotRun = "cannot-run"
        /// It could run with parameters or options that only a user can give.
        case needsInput = "needs-input"
        /// It could run now.
        case canRun = "can-run"
    }

    /// One recipe's answer.
    struct Entry {
        let name: String
        let file: String
        let origin: SearchPath.Origin
        var state = State.unsound
        /// What is wrong with its form; warnings too.
        var problems: [Diagnostic] = []
        /// The parameters that could be filled from what is here.
        var filled: [ParameterFinder.Found] = []
        /// What a user must add: `--binary FILE`, `--allow-guru`.
        var needs: [String] = []
        /// Whether only root can run it.
        var needsRoot = false
        /// What came of checking the script; nil where parameters are missing.
        var validation: Validation?
        /// Why it cannot run, or what it lacks, a sentence each; the engines' own reasons are apart.
        var reasons: [String] = []
        /// What each engine could do with it here; empty where the recipe is unsound.
        var engines: [DoctorReport.Verdict] = []
    }

    /// A recipe each, by name; those that another hides are left out.
    let entries: [Entry]
    /// Folders that could not be read.
    let problems: [Diagnostic]

    /// Looks at every recipe; runs nothing.
    init(_ library: RecipeLibrary, allowsGuru: Bool, fetcher: DebugInfoFetcher, reader: DebugReader) throws {
        let contents = library.contents()
        let machine = try waiting { await Preflight.facts() }
        let finder = ParameterFinder()
        problems = contents.problems
        entries = contents.listings.filter { $0.shadowedBy == nil }.map { listing in
            var entry = Entry(name: listing.name, file: listing.path, origin: listing.origin)
            switch listing.recipe {
            case .failure(let error): entry.problems = error.diagnostics
            case .success(let recipe):
                entry.problems = Templater.check(recipe)
                if !entry.problems.hasErrors {
                    entry.judge(recipe, machine, finder, allowsGuru: allowsGuru, fetcher, reader)
                }
            }
            return entry
        }
    }

    /// Why an engine can run nothing here, where that is the same for all recipes.
    private var reasonsOfAll: [String] {
        let judged = entries.filter { !$0.engines.isEmpty }
        guard judged.count > 1, let first = judged.first else { return [] }
        return first.reasonsAgainst.filter { reason in
            judged.allSatisfy { $0.reasonsAgainst.contains(reason) }
        }
    }

    /// A line a recipe, and where to read on.
    var text: String {
        guard !entries.isEmpty else { return "no recipes found\n" }
        let column = (entries.map(\.name.count).max() ?? 0) + 2
        let shared = reasonsOfAll
        let lines = entries.map { entry in
            entry.name + String(repeating: " ", count: column - entry.name.count)
                + Console.safe(Array(entry.sentence(without: shared).utf8)) + "\n"
        }
        let isBlocked = !shared.isEmpty || entries.contains { $0.state == .cannotRun || $0.needsRoot }
        return lines.joined() + shared.map { "no recipe can run by \($0)\n" }.joined()
            + (isBlocked ? "'taprecipe doctor RECIPE' says what would mend an engine\n" : "")
    }
}

extension RecipeSurvey.Entry {
    /// Everything in one line, but for reasons that are said elsewhere.
    func sentence(without shared: [String]) -> String {
        let needs = needs.isEmpty ? "" : "needs \(needs.joined(separator: ", "))"
        let verdict =
            switch state {
            case .unsound:
                "unsound: \(problems.first { $0.severity == .error }?.message ?? "unknown error")"
            case .cannotRun: "cannot run"
            case .needsInput: needs + (needsRoot ? " and root" : "")
            case .canRun: needsRoot ? "can run as root" : "can run"
            }
        var details = reasons
        if state == .cannotRun, !needs.isEmpty { details.append(needs) }
        if let validation, validation.verdict == .fits { details.append(Self.fit(validation, filled)) }
        details += engineWords + reasonsAgainst.filter { !shared.contains($0) }
        return verdict + (details.isEmpty ? "" : ": \(details.joined(separator: "; "))")
    }

    private static func fit(_ validation: Validation, _ filled: [ParameterFinder.Found]) -> String {
        let places = validation.resolved?.points.count ?? 0
        let programs = filled.map(\.sentence)
        return "the script fits" + (programs.isEmpty ? "" : " \(programs.joined(separator: " and "))")
            + (places > 0 ? ", \(places) probed place\(places == 1 ? "" : "s")" : "")
    }

    fileprivate mutating func judge(
        _ recipe: Recipe, _ machine: MachineFacts, _ finder: ParameterFinder, allowsGuru: Bool,
        _ fetcher: DebugInfoFetcher, _ reader: DebugReader
    ) {
        state = .canRun
        var missing: [Parameter] = []
        for parameter in recipe.parameters where parameter.isRequired {
            if let found = finder.find(parameter) { filled.append(found) } else { missing.append(parameter) }
        }
        for parameter in missing {
            needs.append("--\(parameter.name) \(parameter.type.metavariable)")
            if let reason = finder.absence(parameter) { reasons.append(reason) }
        }
        if recipe.needsTarget { needs.append("--pid PID or '-- COMMAND'") }
        if recipe.guru, !allowsGuru { needs.append("--allow-guru") }
        if !needs.isEmpty { state = .needsInput }
        if missing.isEmpty { checkScript(recipe, fetcher, reader) }
        askEngines(recipe, machine, reader)
    }

    private mutating func checkScript(
        _ recipe: Recipe, _ fetcher: DebugInfoFetcher, _ reader: DebugReader
    ) {
        let subjects = ValidationSubjects(
            recipe, options: filled.map { ($0.parameter, Array($0.value.utf8)) })
        let result: Validation
        do {
            result = try Validator(
                pid: nil, allowsGuru: true, fetcher: fetcher, reader: reader,
                library: RecipeLibrary(SearchPath([])), withLoads: true
            ).validate(subjects)[0]
        } catch {
            let message = (error as? UsageError)?.diagnostics.first?.message
            reasons.append(message ?? "it could not be checked")
            state = .cannotRun
            return
        }
        validation = result
        let errors = result.diagnostics.filter { $0.severity == .error }
        guard let first = errors.first else { return }
        state = .cannotRun
        reasons.append(first.message + (errors.count > 1 ? " (and \(errors.count - 1) more)" : ""))
    }

    private mutating func askEngines(_ recipe: Recipe, _ machine: MachineFacts, _ reader: DebugReader) {
        let unchecked = (validation?.resolved?.unchecked ?? []).map(\.text)
        let distrust = recipe.files.lazy.compactMap { RunTrust.problem($0, user: 0) }.first
        var machine = machine
        // What it needs of the user and of DWARF has been looked at.
        var facts = RecipeFacts(
            name: recipe.name, distrust: distrust?.message, needsGuru: false,
            probesPrograms: validation?.resolved?.probesPrograms ?? false,
            probesKernel: unchecked.contains { point in
                ["kernel.function", "kernel.statement", "kprobe", "module("].contains(
                    where: point.hasPrefix)
            }, needsDebugInfo: false)
        if let validation, let script = validation.script, let resolved = validation.resolved {
            let builtIn = BuiltInEngine(
                script, resolved, kernelRelease: Surroundings.kernelRelease, hasTarget: false, reader)
            facts.unsupported = builtIn.problems.map(\.message)
        }
        machine.recipes = [facts]
        engines = Doctor.examine(machine).verdicts.filter { $0.capability == .run }
        if engines.contains(where: \.isPossible) { return }
        if engines.contains(where: \.isPossibleAsRoot) {
            needsRoot = true
        } else {
            state = .cannotRun
        }
    }

    /// The engines that could run it.
    fileprivate var engineWords: [String] {
        let able = engines.filter { needsRoot ? $0.isPossibleAsRoot : $0.isPossible }.map(\.engine.rawValue)
        guard !able.isEmpty else { return [] }
        return ["engine \(able.joined(separator: ", "))" + (validation == nil ? " if the script fits" : "")]
    }

    /// Why each of the others could not.
    fileprivate var reasonsAgainst: [String] {
        engines.filter { !$0.isPossibleAsRoot }.map { "\($0.engine.rawValue): \($0.reason)" }
    }
}

extension DoctorReport.Verdict {
    /// What stops it, in a few words.
    var reason: String {
        let titles = blockers.map { blocker in
            if case .unsupportedScript = blocker.kind { blocker.explanation } else { blocker.title }
        }
        let more = titles.count > 2 ? " and \(titles.count - 2) more" : ""
        return titles.prefix(2).joined(separator: ", ") + more
    }
}
