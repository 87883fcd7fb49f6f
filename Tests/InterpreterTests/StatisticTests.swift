import Lowering
import StapLanguage
import TestSupport
import Testing

@testable import Interpreter

@Suite struct StatisticTests {
    @Test func keepsAndPrintsWhatStapsRuntimeDoes() throws {
        var random = SeededGenerator()
        var questions: [String] = []
        var found: [String] = []
        for _ in 0..<SeededGenerator.rounds(400) {
            let shape: Histogram
            let kind: String
            if Bool.random(using: &random) {
                shape = .logarithmic
                kind = "1 0 0 0"
            } else {
                let start = Int64.random(in: -50...50, using: &random)
                let interval = Int64.random(in: 1...20, using: &random)
                let stop = start + interval * Int64.random(in: 1...30, using: &random)
                shape = .linear(start: start, stop: stop, interval: interval)
                kind = "2 \(start) \(stop) \(interval)"
            }
            let shift = Int64.random(in: 0...4, using: &random)
            var statistic = Statistic(shift: shift, histograms: [shape])
            let width = Int64.random(in: 0...62, using: &random)
            let values = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                Int64(bitPattern: random.next()) >> width
            }
            for value in values { statistic.add(value, histograms: [shape]) }
            questions.append("statistic \(shift) \(kind) \(values.map(String.init).joined(separator: " "))")
            let numbers = try [.count, .sum, .min, .max, .variance].map { try statistic.value(of: $0) }
            found.append(
                numbers.map { "\($0) " }.joined()
                    + RuntimeOracle.hexadecimal(shape.table(of: statistic.buckets[0])))
        }
        let answers = try RuntimeOracle.answers(to: questions)
        try #require(answers.count == questions.count)
        for (question, (result, answer)) in zip(questions, zip(found, answers)) where result != answer {
            Issue.record(
                "\(question.prefix(300)): found \(result.prefix(300)), expected \(answer.prefix(300)), seed \(random.seed)"
            )
            return
        }
    }

    @Test func elidesEmptyBuckets() {
        let shape = Histogram.linear(start: 0, stop: 100, interval: 10)
        var statistic = Statistic(histograms: [shape])
        for value: Int64 in [-3, 5, 5, 95, 120] { statistic.add(value, histograms: [shape]) }
        let bars = String(repeating: "-", count: 50)
        func row(_ label: String, _ bar: Int, _ count: Int) -> String {
            "\(label) |\(String(repeating: "@", count: bar))\(String(repeating: " ", count: 50 - bar + 1))\(count)\n"
        }
        let expected =
            "value |\(bars) count\n" + row("   <0", 1, 1) + row("    0", 2, 2) + row("   10", 0, 0)
            + row("   20", 0, 0) + "      ~\n" + row("   70", 0, 0) + row("   80", 0, 0) + row("   90", 1, 1)
            + row("  100", 0, 0) + row(" >100", 1, 1) + "\n"
        #expect(String(decoding: shape.table(of: statistic.buckets[0]), as: UTF8.self) == expected)
    }

    @Test func mergesWhatProcessorsKept() throws {
        var whole = Statistic(histograms: [.logarithmic])
        var parts = Array(repeating: Statistic(histograms: [.logarithmic]), count: 3)
        for value: Int64 in 1...90 {
            whole.add(value, histograms: [.logarithmic])
            parts[Int(value % 2)].add(value, histograms: [.logarithmic])
        }
        let merged = try #require(Statistic.merged(parts))
        for operation in [StatisticOperator.count, .sum, .min, .max, .average] {
            #expect(try merged.value(of: operation) == whole.value(of: operation))
        }
        #expect(merged.buckets == whole.buckets)
        // The exact variance of 1…90 is 682.5; integers lose some on the way.
        #expect((675...690).contains(try merged.value(of: .variance)))
        #expect(Statistic.merged([Statistic(), Statistic()]) == nil)
    }

    @Test func refusesToExtractFromNothing() throws {
        let empty = Statistic()
        #expect(try empty.value(of: .count) == 0)
        #expect(try empty.value(of: .sum) == 0)
        for operation in [StatisticOperator.min, .max, .average, .variance] {
            #expect(throws: RuntimeError.emptyAggregate) { try empty.value(of: operation) }
        }
    }
}
