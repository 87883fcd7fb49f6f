import Foundation
import Testing

/// A program of `Tests/Programs`, built in a folder of its own, which is removed with this.
///
/// The folder is no overlay's, where the kernel takes no probes.
final class BuiltProgram {
    let folder: String
    let path: String

    /// Builds `NAME.c` with debug information, by options of its own.
    init(_ name: String, options: String = "") throws {
        folder = "/var/tmp/taprecipe-\(name)-\(UUID())"
        path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let source = "\(Tool.root)/Tests/Programs/\(name).c"
        let built = try Tool(shell: "exec cc -g -O1 \(options) -o '\(path)' '\(source)'").run([])
        try #require(built.status == 0, "\(built)")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
