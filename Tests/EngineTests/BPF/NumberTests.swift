import BPFCompiler
import Diagnostics
import Foundation
import Interpreter
import RecipeModel
import StapLanguage
import Testing

@testable import Engine

/// Variances, ticks, and changes of the traced program.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct NumberTests {
    /// A program of its own: probes see every process that runs theirs, those of other tests too.
    static let path = ProbedProgram.compiled(ProbedProgram.source, name: "counted")

    /// The interpreter's statistic, whose arithmetic is held against stap's own C, is the measure.
    ///
    /// All values are added on one processor, so that there is one part to merge.
    @Test(arguments: [0, 3] as [Int64]) func theKernelsVarianceIsTheInterpreters(_ shift: Int64) async throws
    {
        var wanted = Statistic(shift: shift)
        for number in 1...40 { wanted.add(Int64((number * 7919) % 101 - 50), histograms: []) }
        let run = try await BPFEngineTests.run(
            """
            global s, cpus
            probe PROGRAM.function("twice") { s <<< ($number * 7919) % 101 - 50 cpus[cpu()] = 1 }
            probe end {
                foreach (c in cpus) n++
                printf("%d %d %d %d\\n", n, @count(s), @variance(s\(shift > 0 ? ", \(shift)" : "")), @avg(s))
            }
            """, command: ["/usr/bin/taskset", "1", Self.path, "40"], path: Self.path)
        #expect(run.messages == [])
        let merged = try #require(Statistic.merged([wanted]))
        let (variance, average) = (try merged.value(of: .variance), try merged.value(of: .average))
        #expect(run.lines == ["1 40 \(variance) \(average)"])
    }

    @Test func ticksAreTheKernels() async throws {
        let run = try await BPFEngineTests.run(
            """
            global before, n, isSeen
            probe begin { before = jiffies() printf("%d\\n", HZ()) }
            probe timer.jiffies(2) { if (++n >= 3 && isSeen) exit() }
            probe PROGRAM.function("twice") { printf("%d %d\\n", HZ(), jiffies() - before < 100 * HZ()) isSeen = 1 }
            probe end { println(n >= 3) }
            """, command: ["/bin/sh", "-c", "\(Self.path) 1; sleep 5"], path: Self.path)
        #expect(run.lines.count == 3)
        let hertz = try #require(run.lines.first.flatMap { Int64($0) })
        #expect([100, 250, 300, 1000].contains(hertz))
        #expect(run.lines.dropFirst() == ["\(hertz) 1", "1"])
    }

    /// A timer ends the session while a handler is between what the timer waits for and its own end.
    @Test func whatAHandlerDidBeforeATimersExitIsPrinted() async throws {
        var limits = Limits()
        limits.macros[.MAXACTION] = 2_000_000
        let run = try await BPFEngineTests.run(
            """
            global begun
            probe timer.us(500) { if (begun) exit() }
            probe PROGRAM.function("twice") { begun++ for (i = 0; i < 300000; i++) n += i println("turned ", i) }
            probe end { println(begun) }
            """, command: ["/bin/sh", "-c", "\(Self.path) 3; sleep 5"], path: Self.path, limits: limits)
        // On a busy machine the timer may be late.
        let begun = run.lines.last.flatMap { Int($0) } ?? 0
        #expect(begun >= 1)
        #expect(run.lines.dropLast() == Array(repeating: "turned 300000", count: begun)[...])
        #expect(run.messages == [])
    }

    @Test(.enabled(if: KernelRights.mayWritePrograms, "this kernel lets no program write"))
    func aVariableInMemoryIsChanged() async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"twice\") { $pair->left = 100; $pair->right = -7; $counter = 1; println($pair->left, \" \", $pair->right, \" \", $pair->next->left, \" \", $counter) } probe PROGRAM.function(\"twice\").return { println($return) }",
            command: [Self.path, "3"])
        #expect(run.lines == ["100 -7 3 1", "105", "100 -7 3 1", "108", "100 -7 3 1", "109"])
        #expect(run.messages == [])
        #expect(run.commandLines == ["325"])
    }

    @Test(arguments: [
        ("$number = 5", "'$number' is in a register here, which it cannot change"),
        (
            "$pair->flag = 1",
            "'$pair->flag' is not a whole number in the program's memory, so it cannot be changed"
        ),
    ]) func whatCannotBeChangedIsAProblem(_ statement: String, _ message: String) throws {
        let program = try ProbedProgram.lowered("probe PROGRAM.function(\"twice\") { \(statement) }")
        let error = #expect(throws: DiagnosticsError.self) {
            try KernelSession.check(program, CompilerOptions())
        }
        #expect(error?.diagnostics.first?.message.hasSuffix(message) == true)
        #expect(error?.diagnostics.first?.range?.text.hasPrefix(statement) == true)
    }

    @Test func aKernelThatRefusesWritesIsAProblem() throws {
        let program = try ProbedProgram.lowered("probe PROGRAM.function(\"twice\") { $pair->left = 1 }")
        var options = CompilerOptions()
        try KernelSession.check(program, options)
        options.mayWrite = { false }
        let error = #expect(throws: DiagnosticsError.self) { try KernelSession.check(program, options) }
        #expect(error?.diagnostics.first?.message.contains("which this kernel refuses") == true)
        #expect(error?.diagnostics.first?.range?.text.hasPrefix("$pair->left") == true)
    }

    @Test(.enabled(if: KernelRights.mayWritePrograms, "this kernel lets no program write"))
    func aWriteToNowhereIsAFault() async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"twice\") { @cast(16, \"struct pair\")->left = 1 }",
            command: [Self.path, "3"])
        #expect(run.messages.first?.contains("0x10") == true)
    }

    @Test func moreValuesOfAnEntryThanAreKeptAreAProblem() throws {
        let values = (1...17).map { "@entry($number + \($0))" }
        let program = try ProbedProgram.lowered(
            "probe PROGRAM.function(\"twice\").return { println(\(values.joined(separator: ", "))) }")
        let error = #expect(throws: DiagnosticsError.self) {
            try KernelSession.check(program, CompilerOptions())
        }
        #expect(
            error?.diagnostics.first?.message.hasSuffix("more than 16 values of a function's entry") == true)
        #expect(error?.diagnostics.first?.range?.text == "$number + 17")
    }
}
