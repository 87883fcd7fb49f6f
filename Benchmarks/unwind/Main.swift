import Backtraces
import Foundation
import StackCaptures

/// How many stacks a second are unwound and named: `bench-unwind CAPTURE`, a file that `Tests/Programs/capture.c`
/// wrote while it stepped through a program, so that hardly two stacks are the same.
@main
struct Main {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else { fatalError("usage: bench-unwind CAPTURE") }
        let content = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
        let capture = StackCapture([UInt8](content))
        let unwinder = Unwinder()
        let text = BacktraceText(AddressNames(unwinder.catalog))
        func unwindAll() -> [Backtrace] {
            capture.samples.map { unwinder.unwind($0, in: capture.space) }
        }
        let stacks = measure("unwound, none seen before", unwindAll)
        _ = measure("unwound, all frames seen before", unwindAll)
        for round in ["none seen before", "all frames seen before"] {
            _ = measure("printed, \(round)") {
                stacks.map { text.printed($0, .full, in: capture.space).utf8.count }
            }
        }
        let frames = stacks.reduce(0) { $0 + $1.programCounters.count }
        print(
            "\(Set(stacks).count) different stacks of \(stacks.count), \(frames / max(stacks.count, 1)) frames each"
        )
    }

    /// Does the work and tells the stacks a second of processor time.
    private static func measure<Value>(_ name: String, _ work: () -> [Value]) -> [Value] {
        let start = clock()
        let values = work()
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        print("\(name): \(Int(Double(values.count) / seconds)) stacks a second")
        return values
    }
}
