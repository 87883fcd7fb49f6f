import Diagnostics
import Engine
import RecipeModel
import RecipeTesting
import Report

/// What a live test showed of an engine.
struct LiveProof {
    /// The verdict.
    enum Verdict: String {
        /// Everything that was planted was found, and nothing that was not.
        case proved
        /// Something was not found, or something else was.
        case notProved = "not-proved"
        /// The engine cannot run the recipe here.
        case cannotRun = "cannot-run"
    }

    let recipe: String
    let test: RecipeTest
    let engine: EngineChoice
    let verdict: Verdict
    /// The run's own headline, or why there is none.
    let words: String
    /// What was not found, or found and not planted, at the recipe's lines.
    let problems: [Diagnostic]

    init(_ test: RecipeTest, of recipe: String, engine: EngineChoice, _ outcome: LiveRun.Outcome) {
        self.test = test
        self.recipe = recipe
        self.engine = engine
        switch outcome {
        case .cannot(let said):
            (verdict, words, problems) = (.cannotRun, Self.reasons(said, of: engine), [])
        case .failed(let said):
            (verdict, words, problems) = (.notProved, said, [])
        case .ran(let summary, _):
            problems =
                test.live.map { Self.problems($0, summary, "test '\(test.name.value)', \(engine.rawValue)") }
                ?? []
            verdict = problems.isEmpty && summary.verdict.grade != .inconclusive ? .proved : .notProved
            words = TextRenderer.headline(of: summary)
        }
    }

    /// What a run says that could not be, without what only makes sense in its own error.
    private static func reasons(_ said: String, of engine: EngineChoice) -> String {
        said.split(separator: "\n").compactMap { line -> String? in
            guard line != "error: no engine can run here" else { return nil }
            var line = line[...]
            for prefix in ["  note: ", "\(engine.rawValue): "] where line.hasPrefix(prefix) {
                line = line.dropFirst(prefix.count)
            }
            return String(line)
        }.joined(separator: "\n")
    }

    private static func problems(
        _ live: LiveExpectation, _ summary: Summary, _ owner: String
    ) -> [Diagnostic] {
        func rows(_ tables: LiveExpectation.Rows, isWanted: Bool, _ words: String) -> [Diagnostic] {
            tables.flatMap { title, rows in
                rows.filter { summary.has($0.value, in: title.value) != isWanted }.map { row in
                    .error("\(owner): this row of '\(title.value)' was \(words)", at: row.range)
                }
            }
        }
        return rows(live.finds, isWanted: true, "planted and not found")
            + rows(live.lacks, isWanted: false, "found, and nothing of the kind was planted")
    }

    /// How many rows the test states.
    private var statedRows: Int {
        guard let live = test.live else { return 0 }
        return (live.finds + live.lacks).reduce(0) { $0 + $1.rows.count }
    }

    /// The result's lines; `known` are the reasons that stand above already.
    func text(known: Set<String>) -> String {
        let name = engine.rawValue.padded(to: 5)
        switch verdict {
        case .proved:
            return "  \(name) proved: all \(statedRows) stated rows are as planted (\(safe(words)))\n"
        case .notProved where problems.isEmpty: return "  \(name) not proved: the run failed\n\(indented)"
        case .notProved:
            return
                "  \(name) not proved: \(problems.count) of \(statedRows) stated rows are not as planted (\(safe(words)))\n"
        case .cannotRun where known.contains(words): return "  \(name) cannot run here, as above\n"
        case .cannotRun: return "  \(name) cannot run here:\n\(indented)"
        }
    }

    private func safe(_ text: String) -> String { Console.safe(Array(text.utf8)) }

    private var indented: String {
        words.split(separator: "\n").map { "        \(safe(String($0)))\n" }.joined()
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}
