import RecipeModel
import StapMessages
import Synchronization

/// What one run of a module printed and said, gathered as it comes.
final class Attempt: Sendable {
    private struct State {
        var output = LineSplitter(maximumLength: 1 << 20)
        var errors = LineSplitter(maximumLength: 1 << 16)
        var parser = StapMessageParser()
        var log = MessageLog()
        var bytesOut = 0
        var cutBytes: UInt64 = 0
        var commandStatus: CommandStatus?
        var leavesProcesses = false
    }

    private let state = Mutex(State())
    private let maximumOutput: Int
    /// Whether the script has been run before.
    let isRepeat: Bool
    /// Whether the script is not run again, whatever comes of this.
    let isLast: Bool
    private let emit: @Sendable (RunEvent) -> Void

    init(
        maximumOutput: Int, isRepeat: Bool = false, isLast: Bool = true,
        emit: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.maximumOutput = maximumOutput
        self.isRepeat = isRepeat
        self.isLast = isLast
        self.emit = emit
    }

    /// The messages so far.
    var log: MessageLog { state.withLock { $0.log } }
    /// Bytes passed on, line ends included.
    var bytesOut: Int { state.withLock { $0.bytesOut } }
    /// How the command ended, if it did by itself.
    var commandStatus: CommandStatus? {
        get { state.withLock { $0.commandStatus } }
        set { state.withLock { $0.commandStatus = newValue } }
    }

    /// Whether processes that the command started go on though it has ended.
    var leavesProcesses: Bool {
        get { state.withLock { $0.leavesProcesses } }
        set { state.withLock { $0.leavesProcesses = newValue } }
    }

    /// What was lost.
    var losses: Losses {
        state.withLock { state in
            var losses = state.log.losses
            losses.cutBytes = state.cutBytes
            losses.cutLines = state.output.cutCount
            return losses
        }
    }

    /// Says that the probes are placed.
    func begin() { if isRepeat { emit(.restarted) } }

    /// Takes a piece of the script's output.
    func takeOutput(_ bytes: UnsafeRawBufferPointer) {
        var lines: [[UInt8]] = []
        state.withLock { $0.output.feed(Array(bytes)[...]) { lines.append(Array($0)) } }
        pass(lines)
    }

    /// Takes a piece of what staprun says; the numbers with which the module answered its start.
    func takeErrors(_ bytes: UnsafeRawBufferPointer) -> [Int] {
        var items: [StapMessageParser.Item] = []
        state.withLock { state in
            state.errors.feed(Array(bytes)[...]) { line in items += state.parser.take(line) }
        }
        return note(items)
    }

    /// Ends both streams: a last line without line end counts as one.
    func finish() {
        var lines: [[UInt8]] = []
        var items: [StapMessageParser.Item] = []
        state.withLock { state in
            state.output.finish { lines.append(Array($0)) }
            state.errors.finish { line in items += state.parser.take(line) }
            items += state.parser.finish()
        }
        pass(lines)
        _ = note(items)
    }

    private func pass(_ lines: [[UInt8]]) {
        for line in lines {
            let size = line.count + 1
            let (isPassed, isFirstCut) = state.withLock { state in
                // Once cut, it stays cut, so that what was passed on is the output's beginning, without holes.
                guard state.cutBytes == 0, state.bytesOut + size <= maximumOutput else {
                    defer { state.cutBytes = state.cutBytes.addingCapped(UInt64(size)) }
                    return (false, state.cutBytes == 0)
                }
                state.bytesOut += size
                return (true, false)
            }
            if isPassed { emit(.line(line)) }
            if isFirstCut { emit(.outputCut(after: bytesOut)) }
        }
    }

    private func note(_ items: [StapMessageParser.Item]) -> [Int] {
        var starts: [Int] = []
        for item in items {
            switch item {
            case .message(let message):
                if state.withLock({ $0.log.add(message) }) { emit(.message(message)) }
            case .started(let result): starts.append(result)
            case .pass: break
            }
        }
        return starts
    }
}
