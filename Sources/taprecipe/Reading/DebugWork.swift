import Backtraces
import DebugInfo
import Diagnostics
import FoundationEssentials
import Resolver
import StapLanguage

/// Reads debug information to answer questions; where that is not trusted, in a process without rights.
final class DebugWork {
    /// What opens files that the process may not; nil in the process that may open what the user may.
    private let opener: FileOpener?
    private lazy var unwind = UnwindService(opener: opener)
    /// Kept from one script to the next.
    private var tapset: InstalledTapset?

    init(opener: FileOpener? = nil) { self.opener = opener }

    /// Holds a script against its programs; `text` is the script, which the answer's places are in.
    func examine(_ question: ScriptQuestion, _ text: SourceFile) -> DebugAnswer<ResolvedScript> {
        let tapset = tapset(question.tapset)
        var facts = tapset.facts
        facts.arguments = question.arguments
        let tree: ScriptTree
        do throws(DiagnosticsError) {
            tree = try ScriptParser.parse(
                text, options: ScriptParser.Options(facts: facts, macros: tapset.macros))
        } catch {
            return DebugAnswer(.failure(error))
        }
        var context = context(question.place, kernelRelease: question.tapset.kernelRelease)
        context.kernel?.isGuru = question.tapset.isGuru
        context.tapset = tapset.library
        let examination = Resolver.examine(tree, in: context)
        let script = question.withLoads ? examination.script : examination.script.map(\.withoutLoads)
        return DebugAnswer(script, missing: examination.missingDebugInfo)
    }

    /// The text that lists probe points.
    func list(_ question: ListingQuestion) -> DebugAnswer<String> {
        let detail: PointListing.Detail =
            question.withTypes ? .types : question.withVariables || question.isJSON ? .variables : .points
        let text: ProbesText
        do throws(DiagnosticsError) {
            var context = context(question.place, kernelRelease: question.tapset.kernelRelease)
            context.tapset = tapset(question.tapset).library
            let listings = try Resolver.list(question.points, in: context, detail)
            text = ProbesText(listings, withTypes: question.withTypes)
        } catch {
            return DebugAnswer(.failure(error))
        }
        guard question.isJSON else { return DebugAnswer(.success(text.text)) }
        do { return DebugAnswer(.success(try text.json())) } catch {
            return DebugAnswer(.failure(DiagnosticsError(.error("cannot write the list as JSON: \(error)"))))
        }
    }

    /// The libraries of programs, by path, with their builds.
    func libraries(of paths: [String]) -> DebugAnswer<[ResolvedBinary]> {
        var found: [String: ResolvedBinary] = [:]
        for path in paths {
            for library in (try? Binary(path: path, opener: opener))?.loadedLibraries() ?? [] {
                guard let file = library.path, found[file] == nil else { continue }
                let build = (try? Binary(path: file, opener: opener))?.buildID
                found[file] = ResolvedBinary(path: file, buildID: build)
            }
        }
        return DebugAnswer(.success(found.values.sorted { $0.path < $1.path }))
    }

    /// What is known of a mapped file.
    func module(_ question: Data) -> DebugAnswer<Data> {
        DebugAnswer(.success(Data(unwind.answer(Array(question)))))
    }

    private func tapset(_ place: InstalledTapset.Place) -> InstalledTapset {
        if let tapset, tapset.place == place { return tapset }
        let new = InstalledTapset(place)
        tapset = new
        return new
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

extension ResolvedScript {
    /// What is most of a large answer, and seldom asked for, left out.
    fileprivate var withoutLoads: ResolvedScript {
        var script = self
        for index in script.points.indices { script.points[index].loads = [] }
        return script
    }
}
