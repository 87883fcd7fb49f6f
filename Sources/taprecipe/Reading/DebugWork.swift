import DebugInfo
import Diagnostics
import Resolver
import StapLanguage

/// Reads debug information to answer a question; where that is not trusted, in a process without rights.
struct DebugWork {
    /// What opens files that the process may not; nil in the process that may open what the user may.
    var opener: FileOpener?

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - text: The script of a ``DebugQuestion/script(_:)``, which the answer's places are in.
    /// - Returns: The answer.
    func answer(_ question: DebugQuestion, about text: SourceFile) -> DebugAnswer {
        switch question {
        case .script(let script):
            do throws(DiagnosticsError) { return try examine(script, text) } catch {
                return .problems(error.diagnostics, missing: [])
            }
        case .listing(let listing):
            do throws(DiagnosticsError) { return .listed(try list(listing)) } catch {
                return .problems(error.diagnostics, missing: [])
            }
        case .libraries(let paths): return .libraries(libraries(of: paths))
        }
    }

    private func examine(
        _ question: ScriptQuestion, _ text: SourceFile
    ) throws(DiagnosticsError) -> DebugAnswer {
        let tapset = InstalledTapset(kernelRelease: question.kernelRelease, isGuru: question.isGuru)
        var facts = tapset.facts
        facts.arguments = question.arguments
        let macros = tapset.macros
        let tree = try ScriptParser.parse(
            text, options: ScriptParser.Options(facts: facts, macros: macros))
        var context = context(question.place, kernelRelease: question.kernelRelease)
        context.kernel?.isGuru = question.isGuru
        context.tapset = tapset.library(macros)
        let examination = Resolver.examine(tree, in: context)
        switch examination.script {
        case .success(let script): return .fits(script, missing: examination.missingDebugInfo)
        case .failure(let error):
            return .problems(error.diagnostics, missing: examination.missingDebugInfo)
        }
    }

    private func list(_ question: ListingQuestion) throws(DiagnosticsError) -> String {
        let detail: PointListing.Detail =
            question.withTypes ? .types : question.withVariables || question.isJSON ? .variables : .points
        var context = context(question.place, kernelRelease: question.kernelRelease)
        let tapset = InstalledTapset(kernelRelease: question.kernelRelease, isGuru: false)
        context.tapset = tapset.library(tapset.macros)
        let listings = try Resolver.list(question.points, in: context, detail)
        let text = ProbesText(listings, withTypes: question.withTypes)
        guard question.isJSON else { return text.text }
        do { return try text.json() } catch {
            throw DiagnosticsError(.error("cannot write the list as JSON: \(error)"))
        }
    }

    private func libraries(of paths: [String]) -> [ResolvedBinary] {
        var found: [String: ResolvedBinary] = [:]
        for path in paths {
            for library in (try? Binary(path: path, opener: opener))?.loadedLibraries() ?? [] {
                guard let file = library.path, found[file] == nil else { continue }
                let build = (try? Binary(path: file, opener: opener))?.buildID
                found[file] = ResolvedBinary(path: file, buildID: build)
            }
        }
        return found.values.sorted { $0.path < $1.path }
    }

    private func context(_ place: LookupPlace, kernelRelease: String) -> ResolverContext {
        ResolverContext(
            targetBinary: place.target, workingDirectory: place.workingDirectory,
            searchPath: place.searchPath,
            kernel: KernelContext(
                release: kernelRelease, isRunning: kernelRelease == Surroundings.kernelRelease,
                debugRoots: place.kernelDebugRoots),
            remote: place.remote, opener: opener)
    }
}
