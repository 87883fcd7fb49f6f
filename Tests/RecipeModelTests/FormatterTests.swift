import Diagnostics
import Foundation
import RecipeModel
import TestSupport
import Testing

@Suite struct FormatterTests {
    static let folder = Fixtures.folder.appendingPathComponent("format")

    @Test func anUntidyRecipeBecomesTheTidyOne() throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent("untidy.yaml")))
        let text = try RecipeFormatter.format(SourceFile(name: "untidy.yaml", bytes: bytes))
        try Fixtures.expectGolden(text, "format/tidy.yaml")
        #expect(try RecipeFormatter.format(SourceFile(name: "tidy.yaml", text: text)) == text)
    }

    @Test(arguments: Fixtures.shipped) func theShippedRecipesAreFormatted(file: Fixtures.File) throws {
        let source = SourceFile(name: file.name, bytes: try file.bytes)
        #expect(try RecipeFormatter.format(source) == source.text)
    }

    @Test(arguments: Fixtures.valid + Fixtures.invalid)
    func whateverIsFormattedStaysSo(file: Fixtures.File) throws {
        let source = SourceFile(name: file.name, bytes: try file.bytes)
        guard let text = try? RecipeFormatter.format(source) else { return }
        #expect(try RecipeFormatter.format(SourceFile(name: file.name, text: text)) == text)
        #expect(complaints(text).isEmpty == complaints(source.text).isEmpty)
    }

    /// The keys in any order, with blank lines, comments and other indentation between them: the lines that the
    /// recipe consists of come out the same, and every comment once.
    @Test(arguments: Fixtures.shipped) func orderAndBlanksDoNotMatter(file: Fixtures.File) throws {
        var random = SeededGenerator()
        let seed = random.seed
        let tidy = SourceFile(name: file.name, bytes: try file.bytes).text
        for round in 0..<SeededGenerator.rounds(2) {
            let shuffled = Self.shuffled(tidy, &random)
            let text: String
            do {
                text = try RecipeFormatter.format(SourceFile(name: file.name, text: shuffled))
            } catch {
                Issue.record("seed \(seed), round \(round): \(error.diagnostics.map(\.message))")
                continue
            }
            #expect(Self.substance(text) == Self.substance(tidy), "seed \(seed), round \(round)")
            #expect(Self.inserted(text) == Self.inserted(shuffled), "seed \(seed), round \(round)")
            #expect(
                try RecipeFormatter.format(SourceFile(name: file.name, text: text)) == text,
                "seed \(seed), round \(round)")
        }
    }

    private static let mark = "# inserted "

    private static func shuffled(_ text: String, _ random: inout SeededGenerator) -> String {
        var blocks: [[String]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let first = line.first, first.isLetter { blocks.append([]) }
            if !blocks.isEmpty { blocks[blocks.count - 1].append(line) }
        }
        blocks.shuffle(using: &random)
        var number = 0
        return blocks.map { block in
            var lines: [String] = []
            if Bool.random(using: &random) {
                number += 1
                lines.append("\(mark)\(number)")
            }
            if Bool.random(using: &random) { lines += ["", ""] }
            // A block's lines below its key may stand deeper, all by as much.
            let deeper = Int.random(in: 0...3, using: &random)
            let body = block.enumerated().map { index, line in
                index == 0 || line.isEmpty ? line : String(repeating: " ", count: deeper) + line
            }
            return (lines + body).map { $0 + "\n" }.joined()
        }.joined()
    }

    /// Lines left out, doubled, moved and indented at random: whatever comes of that is formatted for good, or left.
    @Test(arguments: Fixtures.shipped) func damagedRecipesAreFormattedOnceOrLeft(file: Fixtures.File) throws {
        var random = SeededGenerator()
        let seed = random.seed
        let lines = SourceFile(name: file.name, bytes: try file.bytes).text
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for round in 0..<SeededGenerator.rounds(8) {
            var damaged = lines
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: damaged.indices, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: damaged.remove(at: place)
                case 1: damaged.insert(damaged[place], at: Int.random(in: damaged.indices, using: &random))
                case 2: damaged[place] = " " + damaged[place]
                case 3: damaged[place] = String(damaged[place].drop { $0 == " " })
                case 4: damaged.insert("  # damage", at: place)
                default: damaged[place] = "- " + damaged[place]
                }
            }
            let source = SourceFile(name: file.name, text: damaged.joined(separator: "\n"))
            guard let text = try? RecipeFormatter.format(source) else { continue }
            let again = try? RecipeFormatter.format(SourceFile(name: file.name, text: text))
            #expect(again == text, "seed \(seed), round \(round)")
            #expect(
                complaints(text).isEmpty == complaints(source.text).isEmpty, "seed \(seed), round \(round)")
        }
    }

    /// The lines without those that are blank or were inserted.
    private static func substance(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { line in
            !line.allSatisfy { $0 == " " } && !line.contains(mark)
        }
    }

    private static func inserted(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { $0.contains(mark) }.sorted()
    }

    @Test(arguments: [
        ("{ name: a, summary: b }\n", "found keys that do not stand on lines of their own"),
        ("- a\n", "found keys that do not stand on lines of their own"),
        ("name: a\nname: b\n", "key 'name' is given twice"),
        ("summary: &a x\nname: *a\n", "could not be shown to mean the same"),
        ("name: [\n", "error"),
    ])
    func whatCannotBeFormattedIsLeft(text: String, words: String) throws {
        let said: String
        do {
            said = "formatted: " + (try RecipeFormatter.format(SourceFile(name: "a.yaml", text: text)))
        } catch {
            said = DiagnosticRenderer().render(error.diagnostics)
        }
        #expect(said.contains(words), "\(said)")
    }

    @Test func theScriptStaysByteForByteButForLineEnds() throws {
        let script = "  global a  \n\n      b\t\n    probe begin { }\n"
        let text = try RecipeFormatter.format(
            SourceFile(
                name: "a.yaml",
                text: "script: |2\n"
                    + script.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { "  \($0)\n" }.joined() + "name: a\nsummary: b\n"))
        #expect(text == "name: a\nsummary: b\nscript: |2\n    global a\n\n        b\n      probe begin { }\n")
    }
}
