import Diagnostics
import Digests
import Engine
import Report
import RunBundles

/// The recipe that a finished run was made with, as it is kept with the run.
struct KeptRecipe {
    /// Its file, and those of the recipes that it extends, the nearest first.
    private let files: [[UInt8]]
    /// What must be said of them.
    let doubts: [Diagnostic]

    /// Takes it out of a run's bundle.
    ///
    /// - Throws: That there is no bundle, or that its recipe is missing or damaged.
    init(of source: RunSource) throws {
        guard let bundle = source.bundle else {
            throw CommandFailure(
                "'\(source.name)' is a summary alone, which holds no recipe",
                notes: ["'taprecipe export' writes runs with their recipe"])
        }
        do throws(RunBundleProblem) {
            files = try bundle.recipes()
        } catch {
            throw CommandFailure("cannot read '\(source.name)': \(error)")
        }
        let digest = "sha256:" + SHA256.hex(of: files.flatMap { $0 })
        let isAsItRan = source.summary.facts.recipeDigest.map { $0 == digest } ?? true
        doubts =
            isAsItRan
            ? []
            : [
                .warning(
                    "by its digest this is not the recipe that ran, or not all of it",
                    notes: ["what another recipe extends may be missing in runs of an earlier taprecipe"])
            ]
    }

    /// The files as one stream of YAML documents, fit for a terminal.
    var text: String {
        files.map { file in
            let end = file.last == UInt8(ascii: "\n") ? file.dropLast() : file[...]
            return end.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { Console.safe(Array($0)) + "\n" }.joined()
        }.joined(separator: "---\n")
    }
}
