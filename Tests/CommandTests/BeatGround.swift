import Foundation
import TestSupport

/// A program that is hit ten times a second, a recipe for it, and a folder that everybody may read.
struct BeatGround {
    let folder: String
    var program: String { folder + "/beat" }

    init() throws {
        // Not as runs call theirs: of 'taprecipe-run-PID-…' they remove what a process left that is no more.
        folder = FileManager.default.temporaryDirectory.appending(path: "taprecipe-beat-\(UUID())").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let source = """
            #include <unistd.h>
            __attribute__((noinline)) void beat(int n) { __asm__ volatile("" : : "r"(n) : "memory"); }
            int main(void) { for (int n = 0; n < 600; n++) { beat(n); usleep(100000); } return 0; }
            """
        try source.write(toFile: folder + "/beat.c", atomically: true, encoding: .utf8)
        try TestTool.shell("gcc -g -O1 -o '\(folder)/beat' '\(folder)/beat.c'")
        try """
        name: beats
        summary: beats of a program
        parameters:
          binary: {type: executable, required: true}
        script: |
          probe process("{{binary}}").function("beat").call {
              printf("beat of %d\\n", pid())
          }
        records:
          beat:
            line: "beat of {pid:integer}"
        summary-tables:
          - {title: Who beats, of: beat, group-by: [pid], columns: [count, pid]}
        """.write(toFile: folder + "/beats.yaml", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: folder + "/beats.yaml")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func start() throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        try process.run()
        return process
    }
}
