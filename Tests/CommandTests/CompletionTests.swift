import Foundation
import Testing

/// What bash's completion function, as `--generate-completion-script bash` makes it, offers for a line.
@Suite struct CompletionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// The words as bash splits them, the last one being completed.
        var words: [String]
        var offers: [String]
        var not: [String] = []

        init(_ words: String..., offers: [String], not: [String] = []) {
            self.words = words
            self.offers = offers
            self.not = not
        }

        var testDescription: String { words.joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case("ex", offers: ["expand"], not: ["run"]),
        Case("run", "", offers: ["nginx-5xx", "heap-leaks", "mine"], not: ["--binary"]),
        Case("run", "ngi", offers: ["nginx-5xx", "nginx-headers"], not: ["mine"]),
        Case("run", "nginx-5xx", "", offers: ["--binary", "--min-status", "--host"], not: ["nginx-5xx"]),
        Case("run", "nginx-5xx", "--mi", offers: ["--min-status"], not: ["--max-status", "--binary"]),
        Case("run", "nginx-5xx", "--t", offers: ["--timeout"], not: ["--binary"]),
        Case("run", "nginx-5xx", "--", offers: ["--dry-run", "--binary"]),
        Case(
            "run", "nginx-5xx", "--binary", "/bin/true", "--", offers: ["--host", "--dry-run"],
            not: ["--binary"]),
        Case("run", "--timeout", "3s", "nginx-5xx", "--ma", offers: ["--max-status", "--max-output"]),
        Case("run", "nginx-5xx", "--binary", "/usr/b", offers: ["/usr/bin/"], not: ["/usr/lib/"]),
        Case("run", "nginx-5xx", "--binary", "=", "/usr/b", offers: ["/usr/bin/"]),
        Case("run", "nginx-5xx", "--fail-if", "", offers: ["request"], not: ["--binary"]),
        Case("run", "mine", "--mode", "", offers: ["fast", "slow"], not: ["--mode"]),
        Case("run", "mine", "--loud", "=", "t", offers: ["true"], not: ["false"]),
        Case("run", "mine", "--wor", offers: ["--words"]),
        Case("run", "mine", "--words", "a", "--wor", offers: ["--words"]),
        Case("run", "heap-leaks", "--", "/usr/b", offers: ["/usr/bin/"], not: ["--program"]),
        Case("expand", "fork-trace", "--th", offers: ["--threads"]),
        Case("validate", "heap-leaks", "--pro", offers: ["--program"]),
        Case("compile", "fork-trace", "--", offers: ["--comm", "--kernel-release"]),
        Case("show", "mi", offers: ["mine"]),
        Case("doctor", "ng", offers: ["nginx-5xx"]),
        Case("report", "x", "--recipe", "he", offers: ["heap-leaks"]),
        Case("report", "x", "--recipe", "heap-leaks", "--fail-if", "d", offers: ["double-free"]),
        Case("run", "no-such", "--mi", offers: [], not: ["--min-status"]),
    ]

    @Test func bashOffersRecipesTheirOptionsAndTheirValues() throws {
        let folder = try Self.makeRecipes()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let offered = try Self.complete(Self.cases.map(\.words), recipes: folder)
        for (line, offered) in zip(Self.cases, offered) {
            for word in line.offers { #expect(offered.contains(word), "\(line): \(offered)") }
            for word in line.not { #expect(!offered.contains(word), "\(line): \(offered)") }
            if line.offers.isEmpty { #expect(offered.isEmpty, "\(line): \(offered)") }
        }
    }

    @Test func whatAFileIsCalledIsNeverRun() throws {
        let folder = try Self.makeRecipes()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let manager = FileManager.default
        for name in ["$(touch ran).yaml", "`touch ran`.yaml", "a;touch ran"] {
            #expect(manager.createFile(atPath: "\(folder)/\(name)", contents: Data()))
        }
        let lines = [["run", ""], ["run", "nginx-5xx", "--binary", "\(folder)/"], ["show", ""]]
        let offered = try Self.complete(lines, recipes: folder)
        #expect(!offered.joined().contains { $0.contains("touch") }, "\(offered)")
        #expect(offered[1].contains("\(folder)/mine.yaml"))
        #expect(!manager.fileExists(atPath: "\(folder)/ran"))
    }

    /// Has bash complete lines, by the function and the variables that bash itself gives it (bash(1), Programmable
    /// Completion).
    private static func complete(_ lines: [[String]], recipes folder: String) throws -> [[String]] {
        let program = (Tool.executable as NSString).deletingLastPathComponent
        let shell = """
            shift; PATH="\(program):$PATH"; exec bash --norc -c '
            cd "$1"; shift
            source <(taprecipe --generate-completion-script bash)
            complete -p taprecipe | grep -q " _taprecipe " || exit 9
            offer() {
                COMP_WORDS=(taprecipe "$@"); COMP_CWORD=$#; COMP_LINE="taprecipe $*"; COMP_POINT=${#COMP_LINE}
                COMPREPLY=()
                local word="${COMP_WORDS[COMP_CWORD]}"
                [ "$word" != = ] || word=
                _taprecipe taprecipe "$word" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf "%s\\n" "${COMPREPLY[@]}"
                echo ----
            }
            while [ $# -gt 0 ]; do
                line=("${@:2:$1}"); shift $(($1 + 1))
                offer "${line[@]}"
            done' bash "\(folder)" "$@"
            """
        let arguments = lines.flatMap { ["\($0.count)"] + $0 }
        let result = try Tool(environment: ["TAPRECIPE_PATH": folder], shell: shell).run(arguments)
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.errors.isEmpty, "\(result.errors)")
        return result.output.components(separatedBy: "----\n").dropLast()
            .map { $0.split(separator: "\n").map(String.init) }
    }

    private static func makeRecipes() throws -> String {
        let folder = "/var/tmp/taprecipe-complete-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let recipe = """
            name: mine
            summary: x
            parameters:
              mode: { type: choice, choices: [fast, slow], default: fast, help: x }
              loud: { type: boolean, default: false, help: x }
              words: { type: list, items: { type: string }, help: x }
            script: |
              probe begin { exit() }
            """
        try recipe.write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
        return folder
    }
}
