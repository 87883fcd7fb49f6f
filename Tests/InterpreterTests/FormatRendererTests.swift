import Lowering
import TestSupport
import Testing

@testable import Interpreter

@Suite struct FormatRendererTests {
    private static func rendered(
        _ format: PrintFormat, _ values: [Value], for destination: FormatRenderer.Destination = .output
    ) -> [UInt8] {
        var buffer: [UInt8] = []
        FormatRenderer(format).render(values, into: &buffer, for: destination)
        return buffer
    }

    private static func conversion(
        _ kind: PrintFormat.Conversion.Kind, _ change: (inout PrintFormat.Conversion) -> Void = { _ in }
    ) -> PrintFormat {
        var conversion = PrintFormat.Conversion(kind)
        change(&conversion)
        return PrintFormat([.text(Array("<".utf8)), .conversion(conversion), .text(Array(">".utf8))])
    }

    @Test func printsByTheTable() {
        let cases: [(PrintFormat, [Value], String)] = [
            (Self.conversion(.signed), [.integer(.min)], "<-9223372036854775808>"),
            (Self.conversion(.unsigned), [.integer(-1)], "<18446744073709551615>"),
            (Self.conversion(.hexadecimal) { $0.isAlternate = true }, [.integer(0)], "<0x0>"),
            (Self.conversion(.capitalHexadecimal) { $0.isAlternate = true }, [.integer(255)], "<0XFF>"),
            (Self.conversion(.octal) { $0.isAlternate = true }, [.integer(8)], "<010>"),
            (Self.conversion(.pointer), [.integer(4096)], "<0x1000>"),
            (
                Self.conversion(.signed) {
                    $0.width = .fixed(8)
                    $0.fillsWithZeros = true
                }, [.integer(-42)], "<-0000042>"
            ),
            (
                Self.conversion(.signed) {
                    $0.width = .argument
                    $0.precision = .argument
                }, [.integer(-6), .integer(3), .integer(7)], "<007   >"
            ),
            (
                Self.conversion(.string) {
                    $0.width = .fixed(6)
                    $0.precision = .fixed(2)
                }, [.text(Array("abcdef".utf8))], "<    ab>"
            ),
            (Self.conversion(.character) { $0.isAlternate = true }, [.integer(10)], "<\\n>"),
            (Self.conversion(.character), [.integer(0)], "<\0>"),
            (Self.conversion(.binary) { $0.precision = .fixed(2) }, [.integer(0x4241)], "<AB>"),
            (
                Self.conversion(.binary) {
                    $0.precision = .fixed(1); $0.width = .fixed(2)
                }, [.integer(65)], "<\0A>"
            ),
            (
                Self.conversion(.hexadecimalMemory) { $0.precision = .fixed(2) }, [.text([0xAB, 1, 2])],
                "<ab01>"
            ),
        ]
        for (format, values, expected) in cases {
            #expect(String(decoding: Self.rendered(format, values), as: UTF8.self) == expected)
        }
    }

    /// A random conversion, how stap's translator writes it, and its arguments.
    private static func random(
        _ random: inout SeededGenerator
    ) -> (conversion: PrintFormat.Conversion, text: String, values: [Value]) {
        let kinds: [(PrintFormat.Conversion.Kind, String)] = [
            (.binary, "b"), (.character, "c"), (.signed, "lld"), (.memory, "m"), (.hexadecimalMemory, "M"),
            (.octal, "llo"), (.pointer, "p"), (.string, "s"), (.unsigned, "llu"), (.hexadecimal, "llx"),
            (.capitalHexadecimal, "llX"),
        ]
        let (kind, letters) = kinds.randomElement(using: &random)!
        var conversion = PrintFormat.Conversion(kind)
        var text = "%"
        var values: [Value] = []
        func chance(_ flag: String) -> Bool {
            let isChosen = Int.random(in: 0..<4, using: &random) == 0
            if isChosen { text += flag }
            return isChosen
        }
        conversion.isLeft = chance("-")
        conversion.hasSign = chance("+")
        conversion.hasSpace = chance(" ")
        conversion.isAlternate = chance("#")
        conversion.fillsWithZeros = chance("0")
        func extent() -> (PrintFormat.Conversion.Extent, String) {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return (.none, "")
            case 1:
                let value = Int64([-9, -1, 0, 2, 5, 30, 600, 1 << 40].randomElement(using: &random)!)
                values.append(.integer(value))
                return (.argument, "*")
            default:
                let count = [0, 1, 2, 4, 7, 8, 12, 600].randomElement(using: &random)!
                // A width of 0 would be the flag.
                return count == 0 ? (.none, "") : (.fixed(count), String(count))
            }
        }
        let width = extent()
        conversion.width = width.0
        text += width.1
        // Of a precision that is no size, stap's %b prints what its buffer held before.
        if kind != .binary, Bool.random(using: &random) {
            let precision = extent()
            conversion.precision = precision.0 == .none ? .fixed(0) : precision.0
            text += "." + precision.1
        }
        switch kind {
        case .string:
            let count = Int.random(in: 0...12, using: &random)
            values.append(.text((0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }))
        case .memory, .hexadecimalMemory:
            values.append(.text((0..<700).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }))
        case .character: values.append(.integer(.random(in: -300...300, using: &random)))
        default:
            let shift = Int64.random(in: 0...63, using: &random)
            values.append(.integer(Int64(bitPattern: random.next()) >> shift))
        }
        return (conversion, text + letters, values)
    }

    @Test func printsWhatStapsRuntimePrints() throws {
        var random = SeededGenerator()
        var questions: [String] = []
        var found: [[UInt8]] = []
        for _ in 0..<SeededGenerator.rounds(3000) {
            var pieces: [PrintFormat.Piece] = []
            var text = ""
            var values: [Value] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let part = Self.random(&random)
                pieces += [.text(Array("a ".utf8)), .conversion(part.conversion)]
                text += "a " + part.text
                values += part.values
            }
            // The size of sprintf's buffer; a string has one byte less.
            let size = Bool.random(using: &random) ? 512 : 0
            let format = PrintFormat(pieces)
            // stap's printf and sprintf differ in how they cut memory that does not fit.
            let result = Self.rendered(format, values, for: size == 0 ? .output : .string(stringLength: size))
            let readsMemory = pieces.contains {
                guard case .conversion(let conversion) = $0 else { return false }
                return conversion.kind == .memory || conversion.kind == .hexadecimalMemory
                    || conversion.kind == .binary
            }
            if readsMemory, size != 0 || result.count == 8192 { continue }
            found.append(size == 0 ? result : Array(result.prefix { $0 != 0 }))
            let arguments = values.map { value in
                switch value {
                case .integer(let number): "i\(number)"
                case .text(let bytes): "s\(RuntimeOracle.hexadecimal(bytes))"
                }
            }
            questions.append(
                "print \(size) \(RuntimeOracle.hexadecimal(Array(text.utf8))) \(arguments.joined(separator: " "))"
            )
        }
        let answers = try RuntimeOracle.answers(to: questions)
        try #require(answers.count == questions.count)
        for (question, (result, answer)) in zip(questions, zip(found, answers)) {
            guard RuntimeOracle.hexadecimal(result) != answer else { continue }
            Issue.record(
                "\(question.prefix(200)): found \(RuntimeOracle.hexadecimal(result).prefix(200)), expected \(answer.prefix(200)), seed \(random.seed)"
            )
            return
        }
    }
}
