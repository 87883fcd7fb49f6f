import BPFCompiler
import Diagnostics
import Foundation
import Testing

@testable import Engine

/// Tracepoints of this machine's kernel, and what it knows of tasks.
@Suite(
    .enabled(
        if: getuid() == 0 && FileManager.default.fileExists(atPath: "/sys/kernel/btf/vmlinux"),
        "loading BPF needs root, the kernel's types its BTF"), .serialized)
struct TracepointTests {
    static let source = """
        #include <stdio.h>
        #include <sys/wait.h>
        #include <unistd.h>
        int main(int count, char **words)
        {
            int status = 0;
            for (int i = 0; i < 2; i++) {
                pid_t child = fork();
                if (child == 0) { execl("/bin/true", "true", NULL); _exit(1); }
                printf("%d %d\\n", getpid(), child);
                fflush(stdout);
                waitpid(child, &status, 0);
            }
            return 0;
        }
        """
    static let path = ProbedProgram.compiled(source, name: "forking")

    @Test func forksAreSeenWithTheirArguments() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe kernel.trace("sched:sched_process_fork") {
                if (task_pid($parent) == target())
                    printf("%d %d %s %d %d %s %d\\n", $parent->tgid, task_tid($child), task_execname($child),
                        task_pid(task_parent($child)) == pid(), $parent == task_current(), $$name, ppid() > 0)
            }
            """, command: [Self.path])
        #expect(run.messages == [])
        #expect(run.lines.count == 2)
        for (line, told) in zip(run.lines, run.commandLines) {
            #expect(line == "\(told) forking 1 1 sched_process_fork 1")
        }
        #expect(run.commandLines.count == 2)
    }

    @Test func aWholeLineOfArguments() async throws {
        let run = try await BPFEngineTests.run(
            "probe kernel.trace(\"sched_process_exec\") { if (ppid() == target()) { println($$vars, \" \", pexecname(), \" \", pp()) println($old_pid == pid(), \" \", euid(), egid(), \" \", $p->comm[0]) } }",
            command: [Self.path])
        #expect(run.lines.count == 4)
        #expect(run.lines.first?.hasPrefix("p=0x") == true)
        #expect(
            run.lines.first?.contains(/.old_pid=0x[0-9a-f]+ bprm=0x[0-9a-f]+ forking kernel\.trace\(/) == true
        )
        #expect(run.lines.dropFirst().first == "1 00 \(UInt8(ascii: "t"))")
    }

    @Test func withoutTheKernelsTypesItIsAProblem() throws {
        let program = try ProbedProgram.lowered("probe PROGRAM.function(\"twice\") { println(ppid()) }")
        var options = CompilerOptions()
        options.tasks = { nil }
        let error = #expect(throws: DiagnosticsError.self) { try KernelSession.check(program, options) }
        #expect(error?.diagnostics.first?.message.contains("'ppid' needs the kernel's types") == true)
        #expect(error?.diagnostics.first?.range?.text == "ppid()")
    }

    @Test(arguments: [
        "println(int_arg(1))", "println(returnval())", "println(register(\"rip\"))",
    ])
    func aTracepointHasNoRegistersOfACall(_ statement: String) throws {
        let program = try ProbedProgram.lowered("probe kernel.trace(\"sched_process_fork\") { \(statement) }")
        let error = #expect(throws: DiagnosticsError.self) {
            try KernelSession.check(program, CompilerOptions())
        }
        #expect(error?.diagnostics.first?.message.contains("this probe does not have") == true)
    }
}
