import Diagnostics
import Foundation
import Testing

/// Scripts whose problems are met at thousands of addresses: what was looked for once is not looked for again.
///
/// Where it is, this takes minutes.
@Suite("A wrong name at every function costs one search")
struct ScaleTests {
    @Test(arguments: [
        ("@var(\"no_such@*.c\")", "'no_such'"), ("@cast(0, \"no_such\", \"@P@\")->x", "'no_such'"),
        ("@var(\"global_1@*.c\")->m", nil as String?),
    ])
    func everyFunction(expression: String, complaint: String?) throws {
        let programs = try Programs.shared.get()
        let path = programs.folder.appendingPathComponent("many-\(UUID().uuidString)").path
        let source = (0..<3000).map {
            "struct s\($0) { int m; }; struct s\($0) global_\($0); int f\($0)(void) { return global_\($0).m; }"
        }
        try (source.joined(separator: "\n") + "\nint main(void) { return 0; }\n").write(
            toFile: path + ".c", atomically: false, encoding: .utf8)
        try #require(try run("gcc", ["-g", "-O0", "-o", path, path + ".c"]).status == 0)
        let text = "probe process(\"\(path)\").function(\"f*\") { x = \(expression) }"
            .replacingOccurrences(of: "@P@", with: path)
        let complaints = try programs.complaints(text)
        #expect(complaints.count == (complaint == nil ? 0 : 1))
        if let complaint { #expect(complaints.first?.message.contains(complaint) == true) }
    }
}
