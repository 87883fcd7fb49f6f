import Foundation
import Testing

/// Where `--output` and `--raw` put what they write.
struct OutputFileTests {
    /// A name of an open file stays what it is, also where that is a regular file: as root, `/dev/stdout` would be gone.
    @Test(arguments: ["/proc/self/fd/1", "/dev/fd/1", "/dev/stdout"])
    func namesOfOpenFilesAreNotReplaced(_ name: String) throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.place("saved", "tick: 1\n")
        let link = ground.folder + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: name)
        let result = try Tool(directory: ground.folder, shell: "exec \"$@\" >written").run([
            "report", "saved", "--recipe", "ticks.yaml", "--output", "link", "--format", "json",
        ])
        #expect(result.status == 0, "\(result)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == name)
        let written = try ground.read("written")
        #expect(written.hasPrefix("{") && written.contains("1 tick"), "\(written)")
    }
}
