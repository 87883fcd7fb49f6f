import Diagnostics
import Synchronization
import Testing

@testable import StapLanguage

@Suite("A tapset's macros are read when a script uses one")
struct MacroLibraryTests {
    private final class Reads: Sendable {
        private let count = Mutex(0)
        var number: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    private static let files = [
        SourceFile(name: "a.stpm", text: "@define one %( 1 %)\n@define both(x) %( @x %)\n"),
        SourceFile(name: "b.stpm", text: "@define\n two %( 2 %) @define one %( 3 %)"),
        SourceFile(name: "c.stpm", text: "@define broken %( 4"),
    ]

    private func library(_ reads: Reads) -> MacroLibrary {
        MacroLibrary(facts: PreprocessorFacts()) {
            reads.add()
            return Self.files
        }
    }

    private func tokens(_ text: String, _ library: MacroLibrary) -> String {
        var preprocessor = Preprocessor(
            SourceFile(name: "x.stp", text: text), facts: PreprocessorFacts(), library: library)
        return preprocessor.run().dropLast().map(\.text).joined(separator: " ")
    }

    @Test("no file is read for the language's own operators, and all are read once for a macro")
    func lazily() {
        let reads = Reads()
        let library = library(reads)
        #expect(tokens("@cast(x, \"y\") @entry(z) @count(s)", library).hasPrefix("@cast"))
        #expect(reads.number == 0)
        #expect(tokens("@one @two @both(7)", library) == "1 2 7")
        #expect(tokens("@one", library) == "1")
        #expect(reads.number == 1)
    }

    @Test("of two definitions the first counts; a broken file and an unknown name give none")
    func definitions() {
        let library = library(Reads())
        #expect(library.macros.keys.sorted() == ["both", "one", "two"])
        #expect(library["one"]?.range.source.name == "a.stpm")
        #expect(library["broken"] == nil)
        #expect(tokens("@unknown", library) == "@unknown")
    }

    @Test("the kernel's configuration is read when a condition asks for an option")
    func configuration() {
        let reads = Reads()
        var facts = PreprocessorFacts()
        facts.readConfiguration {
            reads.add()
            return "CONFIG_A=y\n"
        }
        var plain = Preprocessor(
            SourceFile(name: "x.stp", text: "%( arch == \"x\" %? 1 %: 2 %)"), facts: facts)
        #expect(plain.run().first?.text == "2")
        #expect(reads.number == 0)
        for _ in 0..<2 {
            var asking = Preprocessor(
                SourceFile(name: "x.stp", text: "%( CONFIG_A == \"y\" %? 1 %: 2 %)"), facts: facts)
            #expect(asking.run().first?.text == "1")
        }
        #expect(reads.number == 1)
    }
}
