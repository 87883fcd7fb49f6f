import Foundation
import TestSupport
import Testing

/// Runs of the built-in engine that are killed.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"))
struct KilledRunTests {
    /// The kernel takes its probes back with the process, whatever it was about: the program's instructions are
    /// what they were, and it goes on.
    @Test func aRunKilledAtAnyMomentLeavesNoProbe() throws {
        let folder = "/var/tmp/taprecipe-killed-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = try BusyProgram(folder: folder)
        let recipe = "\(folder)/killed.yaml"
        try """
        name: killed
        summary: every call of a busy function
        script: |
          global calls
          probe process("\(program.path)").function("work").call,
                process("\(program.path)").function("work").return {
              calls[tid()]++
          }

        """.write(toFile: recipe, atomically: true, encoding: .utf8)
        let whole = try program.instructions()

        var random = SeededGenerator()
        var killedWithProbe = 0
        for round in 0..<50 {
            let run = Process()
            run.executableURL = URL(fileURLWithPath: Tool.executable)
            run.arguments = ["run", recipe, "--engine", "bpf", "--pid", "\(program.id)"]
            run.environment = [
                "PATH": "/usr/bin:/bin", "HOME": folder, "XDG_STATE_HOME": "\(folder)/state",
                "XDG_RUNTIME_DIR": folder,
            ]
            run.standardInput = FileHandle.nullDevice
            run.standardOutput = FileHandle.nullDevice
            run.standardError = FileHandle.nullDevice
            try run.run()
            // Every other one is killed in the midst of its start, the others around the time of the first event.
            if round.isMultiple(of: 2) {
                usleep(.random(in: 0..<400_000, using: &random))
            } else {
                _ = try program.waits { try $0.instructions() != whole }
                usleep(.random(in: 0..<50_000, using: &random))
            }
            if try program.instructions() != whole { killedWithProbe += 1 }
            kill(run.processIdentifier, SIGKILL)
            run.waitUntilExit()
            #expect(
                try program.waits { try $0.instructions() == whole },
                "seed \(random.seed), round \(round): a probe is left")
            let before = program.progress
            #expect(
                try program.waits { $0.progress > before },
                "seed \(random.seed), round \(round): the program stands still")
        }
        #expect(killedWithProbe >= 25)
        #expect(program.isRunning)
    }
}

/// A program that calls a function all the time in two threads, and tells how often.
private final class BusyProgram {
    let path: String
    private let process = Process()
    private let counter: FileHandle
    private let memory: FileHandle
    private let function: UInt64

    var id: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    init(folder: String) throws {
        path = "\(folder)/busy"
        let source = """
            #include <fcntl.h>
            #include <pthread.h>
            #include <stdio.h>
            #include <sys/mman.h>
            #include <unistd.h>
            static volatile long *calls;
            __attribute__((noinline)) void work(int number) { __atomic_fetch_add(calls, number, __ATOMIC_RELAXED); }
            static void *turn(void *unused) { for (;;) { work(1); usleep(20); } return unused; }
            int main(int count, char **words)
            {
                int file = open(words[count - 1], O_RDWR | O_CREAT, 0600);
                pthread_t thread;
                if (ftruncate(file, 4096)) return 1;
                calls = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
                printf("%p\\n", (void *)work);
                fflush(stdout);
                pthread_create(&thread, 0, turn, 0);
                turn(0);
            }
            """
        try source.write(toFile: path + ".c", atomically: true, encoding: .utf8)
        let compiler = try Process.run(
            URL(fileURLWithPath: "/usr/bin/gcc"),
            arguments: ["-g", "-O1", "-pthread", "-o", path, path + ".c"])
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = [path + ".calls"]
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        function = try #require(UInt64(line.dropFirst(2).prefix { $0.isHexDigit }, radix: 16), "\(line)")
        counter = try #require(FileHandle(forReadingAtPath: path + ".calls"))
        memory = try #require(FileHandle(forReadingAtPath: "/proc/\(process.processIdentifier)/mem"))
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// The first bytes of its function, as they are in its memory now.
    func instructions() throws -> Data? {
        try memory.seek(toOffset: function)
        return try memory.read(upToCount: 8)
    }

    /// How often it called its function.
    var progress: Int64 {
        try? counter.seek(toOffset: 0)
        let bytes = (try? counter.read(upToCount: 8)) ?? Data()
        return bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Whether something comes to hold within ten seconds.
    func waits(for condition: (BusyProgram) throws -> Bool) throws -> Bool {
        for _ in 0..<2000 {
            if try condition(self) { return true }
            usleep(5000)
        }
        return false
    }
}
