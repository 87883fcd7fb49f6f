import BPFCompiler
import Diagnostics
import Foundation
import Testing

@testable import Engine

/// What happens to processes, on this machine's kernel.
@Suite(
    .enabled(
        if: getuid() == 0 && FileManager.default.fileExists(atPath: "/sys/kernel/btf/vmlinux"),
        "loading BPF needs root, the kernel's types its BTF"), .serialized)
struct ProcessEventTests {
    /// Tells its own id and those of its children.
    ///
    /// One ends, one executes `true`, and one has a child itself. Then a thread comes and goes.
    static let source = """
        #include <pthread.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static long thread_id;
        static void *work(void *unused) { thread_id = syscall(SYS_gettid); return unused; }
        static void tell(const char *what, long id) { printf("%s %ld\\n", what, id); fflush(stdout); }
        int main(int count, char **words)
        {
            int status;
            pthread_t thread;
            if (count > 1 && strcmp(words[1], "wait") == 0) { sleep(60); return 0; }
            tell("self", getpid());
            pid_t child = fork();
            if (child == 0) {
                pid_t inner = fork();
                if (inner == 0) _exit(0);
                tell("inner", inner);
                waitpid(inner, &status, 0);
                _exit(0);
            }
            waitpid(child, &status, 0);
            tell("child", child);
            child = fork();
            if (child == 0) { execl("/bin/true", "true", NULL); _exit(1); }
            waitpid(child, &status, 0);
            tell("true", child);
            pthread_create(&thread, NULL, work, NULL);
            pthread_join(thread, NULL);
            tell("thread", thread_id);
            if (count > 1) execl("/bin/true", "true", NULL);
            return 0;
        }
        """
    static let path = ProbedProgram.compiled(source, name: "family", options: ["-O1", "-pthread"])

    /// What a program told of itself, by its words.
    private func told(_ lines: [String]) -> [String: String] {
        Dictionary(
            lines.map { $0.split(separator: " ").map(String.init) }.map { ($0[0], $0[1]) },
            uniquingKeysWith: { first, _ in first })
    }

    @Test func aProgramsProcessesBeginAndEnd() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe PROGRAM.begin { printf("begin %d %d %s %d\\n", pid(), tid(), execname(), ppid()) }
            probe PROGRAM.end { printf("end %d %d %s\\n", pid(), tid(), execname()) }
            """, command: [Self.path])
        let told = told(run.commandLines)
        let (own, child, inner, other) = try (
            #require(told["self"]), #require(told["child"]), #require(told["inner"]), #require(told["true"])
        )
        #expect(run.messages == [])
        let begins = run.lines.filter { $0.hasPrefix("begin") }
        #expect(begins.first?.hasPrefix("begin \(own) \(own) family ") == true, "\(run.lines)")
        #expect(
            Array(begins.dropFirst()) == [
                "begin \(child) \(child) family \(own)", "begin \(inner) \(inner) family \(child)",
                "begin \(other) \(other) family \(own)",
            ])
        // What executes another program has ended, and bears the other's name already.
        #expect(
            run.lines.filter { $0.hasPrefix("end") } == [
                "end \(inner) \(inner) family", "end \(child) \(child) family",
                "end \(other) \(other) true", "end \(own) \(own) family",
            ])
    }

    @Test func threadsBeginAndEnd() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe PROGRAM.thread.begin { printf("begin %d %d\\n", pid(), tid()) }
            probe PROGRAM.thread.end { printf("end %d %d\\n", pid(), tid()) }
            """, command: [Self.path])
        let told = told(run.commandLines)
        let (own, thread) = try (#require(told["self"]), #require(told["thread"]))
        #expect(run.lines == ["begin \(own) \(thread)", "end \(own) \(thread)"])
    }

    @Test func everyProcessOfTheTargetBeginsAndEnds() async throws {
        let run = try await BPFEngineTests.run(
            """
            global begun, ended
            probe process.begin { begun[pid(), execname()]++ }
            probe process.end { ended[pid(), execname()]++ }
            probe end {
                foreach ([p+, n] in begun) printf("begin %d %s %d\\n", p, n, begun[p, n])
                foreach ([p+, n] in ended) printf("end %d %s %d\\n", p, n, ended[p, n])
            }
            """, command: [Self.path, "exec"])
        let told = told(run.commandLines)
        let (own, child, inner, other) = try (
            #require(told["self"]), #require(told["child"]), #require(told["inner"]), #require(told["true"])
        )
        #expect(
            Set(run.lines) == [
                "begin \(own) family 1", "begin \(child) family 1", "begin \(inner) family 1",
                "begin \(other) family 1", "begin \(other) true 1", "begin \(own) true 1",
                "end \(inner) family 1", "end \(child) family 1", "end \(other) true 2", "end \(own) true 2",
            ])
        #expect(run.lines.count == 10)
    }

    @Test(arguments: [false, true])
    func aProcessThatRunsAlreadyHasBegun(_ isInProcess: Bool) async throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.path)
        process.arguments = ["wait"]
        try process.run()
        defer {
            // Processes that are started from here may have other signals blocked.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        while try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(process.processIdentifier)/exe")
            != Self.path
        { usleep(1000) }
        // A whole array is deleted in our process alone.
        let script = """
            global seen, noise
            probe PROGRAM.begin {
                \(isInProcess ? "delete noise" : "")
                seen[pid()]++
                printf("%d %d %s %d %d %s\\n", pid(), tid(), execname(), ppid(), uid(), pp())
            }
            probe process(\(process.processIdentifier)).begin { printf("this one %d\\n", pid()); exit() }
            probe end { foreach (p in seen) printf("%d %d\\n", p, seen[p]) }
            """
        let run = try await BPFEngineTests.run(script, command: nil, path: Self.path)
        let id = process.processIdentifier
        #expect(
            run.lines == [
                "\(id) \(id) family \(getpid()) 0 process(\"\(Self.path)\").begin", "this one \(id)",
                "\(id) 1",
            ])
    }

    @Test func theTargetSetIsTheTargetAndItsDescendants() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe begin { printf("%d %d\\n", target_set_pid(target()), target_set_pid(1)) target_set_report() }
            probe process.begin { printf("%d %d %d\\n", pid(), target_set_pid(pid()), target_set_pid(1)) }
            """, command: [Self.path])
        let told = told(run.commandLines)
        let own = try #require(told["self"])
        #expect(run.lines.prefix(3) == ["1 0", "target set:", "\(getpid()) begat \(own)"], "\(run.lines)")
        #expect(run.lines.count == 3 + 5)
        #expect(run.lines.dropFirst(3).allSatisfy { $0.hasSuffix(" 1 0") }, "\(run.lines)")
    }

    /// A process of which children run already.
    @Test func whatTheTargetHasForkedBeforeIsOfItsSet() async throws {
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "sleep 60 & sleep 60 & echo $!; wait"]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let last = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let id = shell.processIdentifier
        let children = try String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
            .split(separator: " ").compactMap { Int32($0) }
        defer {
            for process in children + [id] { kill(process, SIGKILL) }
            shell.waitUntilExit()
        }
        #expect(children.count == 2 && children.last == Int32(last))
        let run = try await BPFEngineTests.run(
            """
            probe process.begin { printf("%d %s\\n", pid(), execname()) }
            probe timer.ms(200) { target_set_report() exit() }
            """, command: nil, target: .pid(id))
        #expect(Set(run.lines.prefix(3)) == ["\(id) sh", "\(children[0]) sleep", "\(children[1]) sleep"])
        #expect(
            run.lines.dropFirst(3) == [
                "target set:", "\(getpid()) begat \(id)", "\(id) begat \(children[0])",
                "\(id) begat \(children[1])",
            ])
    }

    @Test func theTargetSetRulesOutOthers() async throws {
        let run = try await BPFEngineTests.run(
            """
            global n
            probe kernel.trace("sched:sched_process_exec") { if (target_set_pid(pid())) n[pid()]++ }
            probe end { foreach (p+ in n) printf("%d %d\\n", p, n[p]) }
            """, command: [Self.path])
        let told = told(run.commandLines)
        let (own, other) = try (#require(told["self"]), #require(told["true"]))
        #expect(Set(run.lines) == ["\(own) 1", "\(other) 1"])
    }

    @Test(arguments: [
        ("probe PROGRAM.begin { print_ubacktrace() }", "print_ubacktrace()", "needs the registers"),
        ("probe PROGRAM.begin { println(task_current()) }", "task_current()", "there already"),
        ("probe PROGRAM.end { println(uaddr()) }", "uaddr()", "needs the registers"),
        (
            "probe process(\"/usr/bin/*\").begin { }", "process(\"/usr/bin/*\").begin",
            "no probes of this kind"
        ),
        ("probe PROGRAM.syscall { println($syscall) }", "PROGRAM.syscall", "no probes of this kind"),
    ])
    func whatCannotBeHadIsAnErrorAtItsPlace(_ script: String, _ place: String, _ words: String) throws {
        let error = #expect(throws: DiagnosticsError.self) {
            try KernelSession.check(ProbedProgram.lowered(script, path: Self.path), CompilerOptions())
        }
        let first = try #require(error?.diagnostics.first)
        #expect(first.message.contains(words), "\(first.message)")
        #expect(
            first.range?.text == place.replacing("PROGRAM", with: "process(\"\(Self.path)\")"),
            "\(first.range?.text ?? "")")
    }

    /// What an old kernel would be given, which this one takes too.
    @Test func theVerifierTakesWhatOldKernelsAreGiven() throws {
        var options = CompilerOptions()
        options.kernel = KernelFeatures(release: "5.10.0-46-amd64")
        let program = try ProbedProgram.lowered(
            """
            global n
            probe PROGRAM.begin, process.end, process(1).thread.begin, process.thread.end {
                n[execname(), uid()]++
                if (target_set_pid(tid())) println(ppid(), pexecname(), gid())
            }
            """, path: Self.path)
        let session = try KernelSession(program, options, target: 1, ringBytes: 1 << 20)
        _ = try session.attach()
    }
}
