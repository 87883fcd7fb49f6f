import Diagnostics
import Digests
import Engine
import RecipeModel

/// Several runs that have been checked whole: ready to run.
struct BatchPlan {
    /// What they are called together.
    let name: String
    let summary: String
    /// The runbook's file; nil where a command line named the recipes.
    var file: SourceFile?
    var onError = Runbook.ErrorPolicy.continue
    var variables: [String: String] = [:]
    let steps: [PlannedStep]
    let budget: Duration?
    let jobs: Int
    /// A digest of everything that a later run must have in common to go on with this one.
    let digest: String

    /// Checks a runbook's steps.
    ///
    /// - Throws: A ``RunbookError`` with everything that is wrong, and nothing less.
    init(
        _ runbook: Runbook, _ settings: BatchSettings, library: RecipeLibrary, fetcher: DebugInfoFetcher,
        reader: DebugReader
    ) throws {
        let planner = StepPlanner(
            runbook, settings, library: library, fetcher: fetcher, reader: reader)
        guard planner.complaints.isEmpty else { throw RunbookError(complaints: planner.complaints.unique) }
        name = runbook.name
        summary = runbook.summary
        file = runbook.source
        onError = runbook.onError
        variables = runbook.variables
        steps = planner.steps
        budget = settings.budget ?? runbook.budget
        jobs = settings.jobs ?? runbook.jobs
        let facts =
            variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            + steps.map(\.order.recipeDigest)
        digest = SHA256.hex(of: runbook.source.bytes + facts.flatMap { Array("\0\($0)".utf8) })
    }

    /// Several recipes with what each takes of the same words, one after the other.
    init(recipes steps: [PlannedStep], budget: Duration?) {
        name = "run"
        summary = steps.map(\.name).joined(separator: ", ")
        self.steps = steps
        self.budget = budget
        jobs = 1
        digest = SHA256.hex(
            of: Array(steps.flatMap { [$0.name] + $0.order.words }.joined(separator: "\0").utf8))
    }

    /// Refuses to run as root what that must not: the runbook and every recipe of it.
    func requireTrust(on console: Console) throws {
        var files: [(String, DocumentKind)] = file.map { [($0.name, .runbook)] } ?? []
        for name in steps.flatMap(\.recipe.files) where !files.contains(where: { $0.0 == name }) {
            files.append((name, .recipe))
        }
        let problems = files.compactMap { RunTrust.problem($0.0, of: $0.1) }
        guard problems.isEmpty else {
            console.report(problems)
            throw Exit(.checkFailed)
        }
    }
}

extension RunbookDraft {
    /// The runbook as it is on this host.
    ///
    /// - Parameter settings: What the command line says of its variables, as `NAME=VALUE`.
    /// - Returns: It.
    /// - Throws: A `UsageError` where that, or a variable's value, is missing or wrong; every mistake in the file.
    func onThisHost(_ settings: [String]) throws -> Runbook {
        try runbook(
            try UsageError.catching { () throws(DiagnosticsError) in
                try RunbookValues(self, host: HostName.current, settings: settings)
            })
    }
}

/// Everything that is wrong with the steps of a runbook.
struct RunbookError: Error {
    let complaints: [Complaint]
}
