import Foundation
import Testing

/// Where `--output` and `--raw` put what they write.
struct OutputFileTests {
    /// A name of an open file stays what it is, also where that is a regular file: as root, `/dev/stdout` would be gone.
    @Test(arguments: ["/proc/self/fd/1", "/dev/fd/1", "/dev/stdout"])
    func namesOfOpenFilesAreNotReplaced(_ name: String) throws {
        let folder = "/var/tmp/taprecipe-output-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let recipe = """
            name: ticks
            summary: Ticks
            script: |
              probe timer.s(1) { println("tick: 1") }
            records:
              tick: { line: "tick: {n:integer}" }
            """
        try recipe.write(toFile: folder + "/ticks.yaml", atomically: true, encoding: .utf8)
        try "tick: 1\n".write(toFile: folder + "/saved", atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: name)
        let result = try Tool(directory: folder, shell: "exec \"$@\" >written").run([
            "report", "saved", "--recipe", "ticks.yaml", "--output", "link", "--format", "json",
        ])
        #expect(result.status == 0, "\(result)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == name)
        let written = try String(contentsOfFile: folder + "/written", encoding: .utf8)
        #expect(written.hasPrefix("{") && written.contains("1 tick"), "\(written)")
    }
}
