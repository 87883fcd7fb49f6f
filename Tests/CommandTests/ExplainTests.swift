import Foundation
import Testing

/// `explain`: where a recipe looks, and what of it the kernel does and what the process.
struct ExplainTests {
    private let program: BuiltProgram

    init() throws { program = try BuiltProgram("bits") }

    private func explained(_ script: String) throws -> Tool.Result {
        let indented = script.split(separator: "\n").map { "  \($0)\n" }.joined()
        let recipe =
            "name: bits\nsummary: A bit-field\nscript: |\n" + indented.replacing("BITS", with: program.path)
        try recipe.write(toFile: program.folder + "/bits.yaml", atomically: true, encoding: .utf8)
        let result = try Tool(directory: program.folder).run(["explain", "bits.yaml"])
        #expect(result.status == 0, "\(result)")
        return result
    }

    @Test func placesAndHowTheProgramIsReadThere() throws {
        let result = try explained(
            #"probe process("BITS").function("visit").call { printf("%p %d\n", $flags->owner, $flags->second) }"#
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("call visit at ") && lines[0].hasSuffix("/bits.c:8"), "\(lines[0])")
        #expect(lines[1].hasPrefix("  \(program.path) + 0x"), "\(lines[1])")
        let reads = """
              $flags->owner: void*
                the register rdi, the pointer there, unsigned 8 bytes
              $flags->second: unsigned int
                the register rdi, the pointer there + 8, unsigned 3 bits from bit 1
            the built-in engine does the whole script
            """
        #expect(lines.dropFirst(2).joined(separator: "\n") == reads)
        #expect(!result.errors.contains("its process"), "\(result.errors)")
    }

    @Test func handlersThatAreLeftToTheProcessAndWhy() throws {
        let result = try explained(
            """
            global met
            probe process("BITS").function("visit").call {
                if (usymname(uaddr()) != "visit") met++
            }
            probe process("BITS").function("main").call {
                met++
            }
            """)
        #expect(result.output.hasSuffix("the built-in engine does the whole script\n"))
        let words = result.errors.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^(?:bits.yaml:(\d+):\d+: |  )note: (.*)$/).map {
                (String($0.1 ?? ""), String($0.2))
            }
        }
        let left = "the built-in engine sends this handler's events to its process, which runs it"
        let wanted = [
            ("5", left), ("6", "'usymname' can only be printed here"), ("8", left),
            ("", "it shares 'met' with another one"),
        ]
        #expect(words.elementsEqual(wanted) { $0 == $1 }, "\(result.errors)")
    }
}
