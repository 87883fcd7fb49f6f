import Dispatch
import Glibc
import Synchronization

/// Lines on standard output for a reader that may be slow, or leave.
///
/// A thread of its own writes each line as it comes. What waits for the reader is bounded; its pace says what becomes of
/// a line that there is no room for.
final class LineStream: Sendable {
    /// What is done where the reader takes less than comes.
    enum Pace: Sendable {
        /// A slow reader holds up nothing: lines are left out, a line says how many were, and at the end a reader that
        /// takes nothing for so long is given up on.
        case ofTheWork(patience: Duration = .seconds(10))
        /// Who adds a line waits for the reader, which misses nothing.
        case ofTheReader
    }

    private struct State {
        var waiting: [UInt8] = []
        /// Lines that were left out since the last one that was not.
        var omitted = 0
        /// Whether the thread has been woken for what waits.
        var isAsked = false
        /// Whether nothing more comes.
        var isClosed = false
        /// Whether the thread has ended: all is written, or some cannot be.
        var isDone = false
        var written = 0
        var failure: SystemFailure?
    }

    private let descriptor: Int32
    private let pace: Pace
    private let room: Int
    private let omission: @Sendable (Int) -> [UInt8]
    private let brokenOff: @Sendable () -> Void
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// Opens the stream.
    ///
    /// - Parameters:
    ///   - descriptor: Where to write.
    ///   - pace: What is done where the reader takes less than comes.
    ///   - room: How many bytes may wait for the reader, besides one line.
    ///   - omission: The line that stands for so many that were left out.
    ///   - brokenOff: Called once where no more can be written, as the reader has left, above all.
    init(
        descriptor: Int32 = STDOUT_FILENO, pace: Pace, room: Int = 8 << 20,
        omission: @escaping @Sendable (Int) -> [UInt8], brokenOff: @escaping @Sendable () -> Void
    ) {
        (self.descriptor, self.pace, self.room) = (descriptor, pace, room)
        (self.omission, self.brokenOff) = (omission, brokenOff)
        DispatchQueue(label: "taprecipe.lines").async { self.write() }
    }

    /// Why nothing more can be written; nil while it can.
    var failure: SystemFailure? { state.withLock { $0.failure } }

    /// Adds a line, with its line end; behind the last one, and once nothing more can be written, it goes nowhere.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - isKept: Whether it is taken whatever room there is.
    func add(_ line: [UInt8], isKept: Bool = false) {
        while !isTaken(line, isKept: isKept) { pause(milliseconds: 5) }
    }

    /// Adds a line, or leaves it out; false where it has to wait.
    private func isTaken(_ line: [UInt8], isKept: Bool) -> Bool {
        let (isTaken, isNew) = state.withLock { state in
            if state.failure != nil || state.isClosed { return (true, false) }
            if isKept || state.waiting.isEmpty || state.waiting.count + line.count <= room {
                return (true, append(line, &state))
            }
            if case .ofTheReader = pace { return (false, false) }
            state.omitted += 1
            return (true, false)
        }
        if isNew { wake.signal() }
        return isTaken
    }

    /// Adds the last line, whatever room there is, and waits until the reader has all.
    ///
    /// - Returns: That it has left, or takes nothing.
    func finish(_ line: [UInt8]) async -> SystemFailure? {
        state.withLock { state in
            _ = append(line, &state)
            state.isClosed = true
        }
        wake.signal()
        var (written, moved) = (-1, ContinuousClock.now)
        while true {
            let (isDone, count, failure) = state.withLock { ($0.isDone, $0.written, $0.failure) }
            if isDone || failure != nil { return failure }
            if count != written { (written, moved) = (count, .now) }
            if case .ofTheWork(let patience) = pace, ContinuousClock.now - moved >= patience {
                return Self.failure(ETIMEDOUT)
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Appends a line behind what tells of those left out before it; whether the thread has to be woken.
    private func append(_ line: [UInt8], _ state: inout State) -> Bool {
        if state.omitted > 0 { state.waiting += omission(state.omitted) }
        state.omitted = 0
        state.waiting += line
        defer { state.isAsked = true }
        return !state.isAsked
    }

    private func write() {
        while true {
            let isIdle = wake.wait(timeout: .now() + .milliseconds(250)) == .timedOut
            let (text, isClosed) = state.withLock { state in
                defer { (state.waiting, state.isAsked) = ([], false) }
                return (state.waiting, state.isClosed)
            }
            do {
                if isIdle, text.isEmpty, readerHasLeft { throw Self.failure(EPIPE) }
                for start in stride(from: 0, to: text.count, by: 1 << 16) {
                    let piece = Array(text[start..<min(start + 1 << 16, text.count)])
                    try Console.write(piece, to: descriptor, name: "standard output")
                    state.withLock { $0.written += piece.count }
                }
            } catch {
                state.withLock { $0.failure = error as? SystemFailure ?? Self.failure(EIO) }
                return brokenOff()
            }
            if isClosed, state.withLock({ $0.waiting.isEmpty }) { return state.withLock { $0.isDone = true } }
        }
    }

    /// Whether nobody can read what would be written, which poll(2) tells of pipes, sockets and terminals.
    private var readerHasLeft: Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0 && Int32(entry.revents) & (POLLERR | POLLHUP | POLLNVAL) != 0
    }

    private static func failure(_ code: Int32) -> SystemFailure {
        SystemFailure(action: "cannot write to standard output", code: code)
    }
}
