import BPFCompiler
import Lowering
import Testing

@testable import Engine

/// Guards at the beginning of handlers that are left to the process: the kernel leaves there, and sends nothing.
struct DeferredGuardTests {
    /// A handler's guards, and how many statements are sent of it.
    static let cases: [(guards: String, sent: Int)] = [
        ("if (pid() != target()) next", 1),
        ("if (pid() != target()) next; if (tid() == 0 || $number == 0) next", 1),
        // The rest depends on a variable of the script's, which is the process's here.
        ("if (!is_on || pid() != target()) next", 2),
        ("if (is_on++ || pid() != target()) next", 2),
        ("if (is_on) next; if (pid() != target()) next", 3),
        ("is_on = 1; if (pid() != target()) next", 3),
        ("if (pid() != target()) { is_on = 0; next }", 2),
    ]

    /// What is sent of a handler that has to be the process's, as it looks at a symbol's name.
    private static func script(_ guards: String) -> String {
        """
        global is_on
        probe PROGRAM.function("twice") { \(guards); if (usymname(uaddr()) != "main") println("met") }
        probe end { is_on = 0 }
        """
    }

    @Test(arguments: cases) func whatTheEventTellsIsNotSent(_ guards: String, _ sent: Int) throws {
        let compiled = try CompiledScript(ProbedProgram.lowered(Self.script(guards)), CompilerOptions())
        let statements = compiled.sites.compactMap { site in
            if case .handler(let actions, _, _, _, _) = site { actions.count } else { nil }
        }
        #expect(statements == [sent])
    }
}
