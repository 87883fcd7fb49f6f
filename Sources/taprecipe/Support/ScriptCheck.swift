import DebugInfo
import Diagnostics
import FoundationEssentials
import Resolver

/// Parses a script's text and holds it against the programs that it names.
struct ScriptCheck {
    /// The kernel that it is to run on.
    let kernelRelease: String
    /// Whether it may do what stap takes only with `-g`.
    let isGuru: Bool
    /// The program of `process.…` without a path.
    let target: String?
    let fetcher: DebugInfoFetcher
    /// Who reads the debug information.
    let reader: DebugReader
    /// What `$1`, `@1` and so on stand for.
    var arguments: [String] = []
    /// Whether it is asked how each target expression is read.
    var withLoads = false

    /// Resolves it; again after every debug file that debuginfod could give.
    ///
    /// - Throws: Every problem, placed in the text.
    func resolve(_ text: SourceFile) throws -> ResolvedScript {
        while true {
            let question = ScriptQuestion(
                name: text.name, text: Data(text.bytes), arguments: arguments,
                tapset: .init(folder: InstalledTapset.folder, kernelRelease: kernelRelease, isGuru: isGuru),
                place: LookupPlace(target: target, remote: fetcher.remote), withLoads: withLoads)
            let answer = try reader.examine(question, about: text)
            guard try fetcher.fetch(answer.missing) else { return try answer.get() }
        }
    }
}

extension ScriptQuestion {
    /// Scripts that go the way of most, for a process to be ready for the first one: one whose names are looked up in
    /// the tapset, and one that uses it.
    static var rehearsal: [ScriptQuestion] {
        let tapset = InstalledTapset.Place(
            folder: InstalledTapset.folder, kernelRelease: Surroundings.kernelRelease, isGuru: false)
        return ["probe begin { x = 1 println(x) }", "probe begin { println(pid()) }"].map { text in
            ScriptQuestion(
                name: "rehearsal", text: Data(text.utf8), arguments: [], tapset: tapset,
                place: LookupPlace(target: nil))
        }
    }
}

extension LookupPlace {
    /// Looks things up as this process would.
    init(target: String?, remote: RemoteDebugFiles = RemoteDebugFiles()) {
        self.init(
            target: target, workingDirectory: Surroundings.workingDirectory,
            searchPath: Surroundings.searchPath, kernelDebugRoots: Surroundings.kernelDebugRoots,
            remote: remote)
    }
}
