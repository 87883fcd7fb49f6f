import Diagnostics
import Engine
import RecipeModel

/// The live tests of recipes, on every engine there is.
struct LiveTests {
    let recipes: [Recipe]
    let engines: [EngineChoice]
    let allowsGuru: Bool
    let folders: [String]

    /// Runs them one after the other, and says what came of each as soon as it is known.
    ///
    /// - Throws: An ``Exit`` where the user interrupts one, which ends in order first.
    func run(on console: Console, format: OutputFormat) async throws -> [LiveProof] {
        let running = RunningCommands()
        return try await running.whileListening {
            try await run(among: running, on: console, format: format)
        }
    }

    private func run(
        among running: RunningCommands, on console: Console, format: OutputFormat
    ) async throws -> [LiveProof] {
        var proofs: [LiveProof] = []
        var known: Set<String> = []
        for recipe in recipes {
            for test in recipe.tests {
                guard let live = test.live else { continue }
                let title = "\(recipe.name): \(test.name.value)"
                if format == .text { try console.writeLine(Console.safe(Array(title.utf8))) }
                for engine in engines {
                    let outcome = try await LiveRun(
                        recipe: recipe, live: live, arguments: test.arguments, engine: engine,
                        allowsGuru: allowsGuru, folders: folders, running: running
                    ).outcome()
                    let proof = LiveProof(test, of: recipe.name, engine: engine, outcome)
                    if format == .text {
                        try console.write(proof.text(known: known))
                        console.report(proof.problems)
                    }
                    if proof.verdict == .cannotRun { known.insert(proof.words) }
                    proofs.append(proof)
                }
            }
        }
        if format == .text, proofs.count > 1 { try console.write(total(proofs)) }
        return proofs
    }

    /// A line for each engine.
    private func total(_ proofs: [LiveProof]) -> String {
        "\n"
            + engines.map { engine in
                let verdicts: [(LiveProof.Verdict, String)] = [
                    (.proved, "proved"), (.notProved, "not proved"), (.cannotRun, "cannot run here"),
                ]
                let parts = verdicts.compactMap { verdict, words -> String? in
                    let count = proofs.count { $0.engine == engine && $0.verdict == verdict }
                    return count > 0 ? "\(count) \(words)" : nil
                }
                return "\(engine.rawValue): \(parts.joined(separator: ", "))\n"
            }.joined()
    }

    /// What the command ends with: 3 where something is not proved, 4 where nothing could run.
    static func status(of proofs: [LiveProof]) -> ExitStatus {
        if proofs.contains(where: { $0.verdict == .notProved }) { return .checkFailed }
        return proofs.contains { $0.verdict == .proved } ? .success : .noEngine
    }
}

/// The results of live tests in a form for programs.
struct LiveTestDocument: Encodable {
    struct Item: Encodable {
        var recipe: String
        var test: String
        var engine: String
        /// `proved`, `not-proved` or `cannot-run`.
        var verdict: String
        /// The run's headline, or why there is none.
        var words: String
        var diagnostics: [DiagnosticDocument]
    }

    /// In the order in which they ran.
    var proofs: [Item]

    init(_ proofs: [LiveProof]) {
        self.proofs = proofs.map { proof in
            Item(
                recipe: proof.recipe, test: proof.test.name.value, engine: proof.engine.rawValue,
                verdict: proof.verdict.rawValue, words: proof.words,
                diagnostics: proof.problems.map { DiagnosticDocument($0, map: nil) })
        }
    }
}
