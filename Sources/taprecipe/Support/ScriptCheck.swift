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
    /// What `$1`, `@1` and so on stand for.
    var arguments: [String] = []
    /// Who reads the debug information.
    var reader = DebugReader()

    /// Resolves it; again after every debug file that debuginfod could give.
    ///
    /// - Throws: Every problem, placed in the text.
    func resolve(_ text: SourceFile) throws -> ResolvedScript {
        while true {
            let question = ScriptQuestion(
                name: text.name, text: Data(text.bytes), arguments: arguments, kernelRelease: kernelRelease,
                isGuru: isGuru, place: LookupPlace(target: target, remote: fetcher.remote))
            switch try reader.answer(.script(question), about: text) {
            case .fits(let script, let missing):
                guard try fetcher.fetch(missing) else { return script }
            case .problems(let problems, let missing):
                guard try fetcher.fetch(missing) else { throw DiagnosticsError(problems) }
            case .listed, .libraries: throw DiagnosticsError(.error("the check ended without an answer"))
            }
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
