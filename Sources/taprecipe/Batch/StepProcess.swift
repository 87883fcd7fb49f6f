import Diagnostics
import Engine
import Glibc
import Report
import StapMessages
import Synchronization

/// The process of one step: started, watched, ended in time.
///
/// A step has a process of its own, as a run handles signals and gives up rights for its whole process, and so that one
/// that crashes takes none of the others along.
struct StepProcess: Sendable {
    /// How much longer than it was given a step may take to end by itself.
    private static let grace = Duration.seconds(15)
    /// The most bytes that are kept of what a step says.
    private static let mostSaid = 64 << 10
    private static let longestLine = 1 << 16
    /// The longest line of `--follow` that is passed on: room for the longest summary, and what stands around it.
    private static let longestTold = 2 * DocumentReader.maximumSize

    /// The step's place in its plan.
    let place: Int
    /// The file with its order.
    let order: String
    /// How long it may take; nil: as long as its phases may.
    let deadline: Duration?
    /// Further options.
    let options: [String]

    /// What it says on standard error, the last of it.
    private struct Said {
        var splitter = LineSplitter(maximumLength: longestLine)
        var lines: [String] = []
        var size = 0

        mutating func add(_ new: [String]) {
            lines += new
            size += new.reduce(0) { $0 + $1.utf8.count + 1 }
            while size > mostSaid, lines.count > 1 { size -= lines.removeFirst().utf8.count + 1 }
        }
    }

    /// What is known of the process while it runs.
    private final class Course: Sendable {
        let said = Mutex(Said())
        let told = Mutex(LineSplitter(maximumLength: longestTold))
        let isOverdue = Atomic(false)
        let alarm = Mutex<Task<Void, Never>?>(nil)

        /// Kills the process where it has not ended by then.
        func kill(_ handle: ChildProcess.Handle, after time: Duration) {
            let task = Task {
                try? await Task.sleep(for: time)
                guard !Task.isCancelled else { return }
                isOverdue.store(true, ordering: .relaxed)
                handle.signal(SIGKILL, group: true)
            }
            alarm.withLock { $0 = task }
        }

        /// Takes what was written to standard error; its lines.
        func say(_ bytes: UnsafeRawBufferPointer) -> [String] {
            said.withLock { said in
                var lines: [String] = []
                said.splitter.feed(Array(bytes)[...]) { lines.append(Console.safe(Array($0))) }
                said.add(lines)
                return lines
            }
        }

        /// The last line of standard error, where nothing ended it.
        func finish() -> [String] {
            said.withLock { said in
                var lines: [String] = []
                said.splitter.finish { lines.append(Console.safe(Array($0))) }
                said.add(lines)
                return lines
            }
        }

        /// Takes what was written to standard output; its whole lines, with their ends.
        func tell(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
            told.withLock { splitter in
                var lines: [[UInt8]] = []
                splitter.feed(Array(bytes)[...]) { lines.append($0 + [UInt8(ascii: "\n")]) }
                return lines
            }
        }
    }

    /// Runs it to its end, and tells what it says and tells.
    func run(
        among running: RunningCommands, tell: @escaping @Sendable (BatchEvent) -> Void
    ) async -> StepRecord {
        let course = Course()
        let start = ContinuousClock.now
        let end: StepEnd
        do throws(EngineError) {
            let command = Subcommand(words: ["batch-step", order] + options, running: running)
            let status = try await command.run(
                started: { handle in
                    if let deadline { course.kill(handle, after: deadline + Self.grace) }
                },
                output: { bytes in
                    for line in course.tell(bytes) {
                        let isWhole = line.count <= Self.longestTold
                        tell(isWhole ? .told(place, line) : .omitted(place, lines: 1))
                    }
                },
                error: { course.say($0).forEach { tell(.said(place, $0)) } })
            end =
                switch status {
                case .exited(let code): .exited(code)
                case _ where course.isOverdue.load(ordering: .relaxed): .overdue
                case .signalled(let number): .signalled(number)
                case .stuck: .overdue
                }
        } catch {
            end = .notStarted(error.diagnostics(in: nil).first?.message ?? "cannot be started")
        }
        course.finish().forEach { tell(.said(place, $0)) }
        course.alarm.withLock { $0?.cancel() }
        let messages = course.said.withLock { $0.lines.map { $0 + "\n" }.joined() }
        return StepRecord(end: end, seconds: (ContinuousClock.now - start).seconds, messages: messages)
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
