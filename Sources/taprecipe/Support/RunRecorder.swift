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
        /// Whether a line came since records that may go on were last told.
        var isBusy = false
    }

    private let state: Mutex<State>
    private let follower: Follower?

    init(
        _ recipe: Recipe, raw: sending OutputFile.Draft?, keepsOutput: Bool = false, follower: Follower? = nil
    ) throws {
        self.follower = follower
        let builder = try SummaryBuilder(recipe, isFollowed: follower != nil)
        state = Mutex(State(builder: builder, raw: raw, output: keepsOutput ? RunOutput() : nil))
    }

    /// Takes note of one event.
    func record(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .line(let line):
                state.builder.feed(line: line[...])
                follower?.tell(state.builder.takeLines())
                state.isBusy = true
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
                follower?.note(event)
            default: follower?.note(event)
            }
        }
    }

    /// Tells the follower of records that something may still follow, where no line came since this was last called.
    func tellOpenRecords() {
        state.withLock { state in
            if !state.isBusy { follower?.tell(state.builder.takeLines(includesOpen: true)) }
            state.isBusy = false
        }
    }

    /// The summary of everything that came.
    func summary(_ facts: RunFacts) -> Summary {
        state.withLock { state in
            defer { follower?.tell(state.builder.takeLines()) }
            return state.builder.finish(facts)
        }
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
