import Diagnostics
import Foundation
import Testing

/// Programs whose debug information the compiler left in files of its own (`-gsplit-dwarf`), which stap 4.8 does not read.
///
/// clang comes with Swift.
@Suite struct SplitDebugInfoTests {
    @Test(arguments: ["gcc", "clang"], ["-gdwarf-4", "-gdwarf-5"])
    func theFileThatIsNotReadIsNamed(_ compiler: String, _ version: String) throws {
        let programs = try Programs.shared.get()
        let name = "split-\(compiler)\(version)"
        let path = programs.folder.appendingPathComponent(name).path
        let folder = programs.folder.path
        let source = Programs.fixtures.appendingPathComponent("shapes.c").path
        try #require(
            run(
                "sh",
                [
                    "-c",
                    "cd \(folder) && \(compiler) -g \(version) -gsplit-dwarf -c \(source) -o \(name).o && "
                        + "\(compiler) \(name).o -o \(path)",
                ]
            ).status == 0)
        let note =
            "the debug information of the code is in '\(name).dwo', which is not read: build without '-gsplit-dwarf'"
        for (script, message) in [
            ("{ println($node) }", "'$node' cannot be looked up, visit has no debug information"),
            (".statement(\"visit@shapes.c:1\") {}", "'visit' is not a function of \(name)"),
        ] {
            let point = script.hasPrefix(".") ? script : ".function(\"visit\") \(script)"
            let complaints = try programs.complaints("probe process(\"\(path)\")\(point)")
            #expect(complaints.map(\.message) == [message])
            #expect(complaints.first?.notes.map(\.message) == [note])
        }
    }
}
