import Diagnostics
import RecipeModel
import Report
import RunBundles

/// Hands finished runs over to the run store.
///
/// Nothing that goes wrong there touches the run: it is a warning.
struct RunKeeper: Codable {
    private let path: String
    private let limits: [String]

    /// nil where no run is to be kept; a mistake in the options is found before the run.
    init?(_ store: StoreOptions, _ limits: StoreLimitOptions) throws {
        let words = try limits.words
        guard let path = store.path else { return nil }
        self.path = path
        self.limits = words
    }

    /// Keeps a run: the files of its recipe, what its recorder took, and what came of it.
    func keep(
        _ summary: Summary, of recipe: Recipe, recorder: RunRecorder, status: ExitStatus, console: Console
    ) {
        let (version, ended) = (taprecipeVersion, Surroundings.now)
        let bundle = recorder.bundle(of: recipe) { omitted in
            RunDocument(
                summary: summary, version: version, ended: ended, status: status.rawValue,
                omittedOutput: omitted)
        }
        guard let bundle else { return }
        do throws(StoreProcess.Failure) {
            _ = try StoreProcess.answer(to: ["add", path] + limits, input: bundle.bytes)
        } catch {
            console.report([
                .warning(
                    "the run is not in the run store: \(error.message)", notes: ["--store none keeps no runs"]
                )
            ])
        }
    }
}
