import Diagnostics
import Engine
import RecipeModel
import Report
import RunBundles
import Synchronization

/// Takes a run's events as they come: lines into the summary and the raw file, the rest into words.
///
/// The engine calls from its own tasks, so the state stands behind a lock.
final class RunRecorder: Sendable {
    private struct State {
        var builder: SummaryBuilder
        var raw: OutputFile.Draft?
        var rawFailure: SystemFailure?
        /// What the run store is to keep.
        var output: RunOutput?
    }

    private let state: Mutex<State>

    init(_ recipe: Recipe, raw: sending OutputFile.Draft?, keepsOutput: Bool = false) throws {
        let builder = try SummaryBuilder(
            recipe, maximumStringLength: recipe.limits.macros[.MAXSTRINGLEN].map { Int(clamping: $0) })
        state = Mutex(State(builder: builder, raw: raw, output: keepsOutput ? RunOutput() : nil))
    }

    /// Takes note of one event.
    func record(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .line(let line):
                state.builder.feed(line: line[...])
                state.output?.add(line)
                guard let raw = state.raw else { return }
                do {
                    try raw.write(line + [UInt8(ascii: "\n")])
                } catch {
                    // Said at the end; the run goes on, its summary is worth more than the file.
                    state.rawFailure = error as? SystemFailure
                    state.raw = nil
                }
            case .restarted:
                state.builder.clear()
                state.output?.clear()
                state.raw?.truncate()
            default: break
            }
        }
    }

    /// The summary of everything that came.
    func summary(_ facts: RunFacts) -> Summary {
        state.withLock { $0.builder.finish(facts) }
    }

    /// The run as the store keeps it; nil where its output was not kept.
    func bundle(of recipe: Recipe, document: @Sendable (_ omittedOutput: Int) -> RunDocument) -> RunBundle? {
        state.withLock { state in
            defer { state.output = nil }
            return state.output.map {
                RunBundle(
                    recipe: recipe.source.bytes, bases: recipe.bases.map(\.bytes), output: $0,
                    document: document)
            }
        }
    }

    /// Puts the raw output in its place; throws where some of it could not be written.
    func saveRaw() throws {
        try state.withLock { state in
            if let failure = state.rawFailure { throw failure }
            try state.raw?.commit()
            state.raw = nil
        }
    }
}
