import Foundation
import TestSupport
import Testing

/// Files that are not what they are taken for: each ends with one clear error and the documented exit code, and
/// leaves nothing behind.
///
/// All of what is said stands in one golden file, which `make golden` renews.
@Suite struct BadFileTests {
    private static let golden = Tool.root + "/Tests/Fixtures/Commands/bad-files.txt"

    /// A command line; `DIR` is the folder of the bad files, `NGINX` the recipe's path.
    private static let commands: [[String]] =
        [
            "tab.yaml", "big.yaml", "aliases.yaml", "laughs.yaml", "binary.yaml", "empty.yaml", "fifo.yaml",
            "folder.yaml", "dangling.yaml",
        ].map { ["validate", "DIR/\($0)"] }
        + [
            "stripped", "fifo", "folder", "dangling", "cut", "elf32", "script", "empty", "unreadable-name\n",
            "nothing/nginx", "",
        ].map { ["validate", "NGINX", "--binary", $0.isEmpty ? "" : "DIR/\($0)"] }
        + [
            ["validate", "/dev/zero"],
            ["validate", "NGINX", "--binary", "/dev/zero"],
            ["validate", "NGINX", "--binary"],
            ["validate", "NGINX", "--binary", "/bin/true", "--host", String(repeating: "x", count: 70_000)],
            ["run", "DIR/writable.yaml"],
            ["run", "NGINX", "--module", "DIR/fifo"],
            ["run", "NGINX", "--module", "DIR/cut"],
            ["run", "NGINX", "--module", "/bin/true"],
            ["run", "NGINX", "--binary", "/bin/true", "--timeout", "0s"],
            ["run", "NGINX", "--binary", "/bin/true", "--timeout", "-5s"],
            ["run", "NGINX", "--binary", "/bin/true", "--timeout", "99999999999h"],
            ["run", "NGINX", "--binary", "/bin/true", "--pid", "1", "--", "true"],
            ["run", "NGINX", "--binary", "/bin/true", "--pid", "4194305"],
            ["run", "NGINX", "--binary", "/bin/true", "--"],
            ["run", "NGINX", "--binary", "/bin/true", "--limit", "MAXACTION=0"],
            ["run", "NGINX", "--binary", "/bin/true", "--limit", "MAXSTRINGLEN=99999999"],
            ["run", "NGINX", "--binary", "/bin/true", "--limit", "buffer=0"],
            ["run", "NGINX", "--binary", "/bin/true", "--limit", "buffer=1500KiB"],
            ["run", "DIR/fifo.yaml", "--limit", "MAXERRORS=-1"],
            ["run", "DIR/fifo.yaml", "--limit", "STP_NO_OVERLOAD=0"],
            ["run", "DIR/fifo.yaml", "--limit", "MAXACTION"],
            ["run", "DIR/fifo.yaml", "--limit", "MAXACTION="],
            ["compile", "DIR/fifo.yaml", "--limit", "MAXSTRINGLEN=0x7fffffff", "-o", "DIR/x.ko"],
            ["compile", "DIR/fifo.yaml", "--deadline", "5", "-o", "DIR/x.ko"],
            ["run", "DIR/fifo.yaml", "--timeout", "999us"],
            ["run", "DIR/fifo.yaml", "--deadline", "1d"],
            ["run", "DIR/fifo.yaml", "--max-output", "0"],
            ["run", "DIR/fifo.yaml", "--max-output", "64MB"],
            ["run", "DIR/fifo.yaml", "--max-output", "9000000TiB"],
            ["run", "DIR/fifo.yaml", "--timeout"],
            ["run", "DIR/fifo.yaml", "--format", "x\u{1B}[31m"],
            ["validate", "DIR/\(String(repeating: "long/", count: 40))x.yaml"],
            ["validate", "NGINX", "--binary", "DIR/\(String(repeating: "long/", count: 40))x"],
            ["validate", "NGINX", "--binary", "no-such-program-\(String(repeating: "x", count: 80))"],
            ["run", "heap-leaks"],
            ["report", "/dev/zero", "--recipe", "NGINX"],
            ["report", "DIR/fifo", "--recipe", "NGINX"],
            ["report", "DIR/folder", "--recipe", "NGINX"],
            ["report", "DIR/saved", "--recipe", "NGINX", "--output", "DIR/folder"],
            ["report", "DIR/saved", "--recipe", "NGINX", "--output", "DIR/nothing/x"],
            ["report", "DIR/saved", "--recipe", "NGINX", "--output", "/dev/full"],
        ]

    @Test func eachIsRefusedInItsPlace() throws {
        let folder = try Self.makeFiles()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var text = ""
        for command in Self.commands {
            let arguments = command.map {
                $0.replacing("DIR/", with: folder + "/")
                    .replacing("NGINX", with: Tool.root + "/recipes/nginx-5xx.yaml")
            }
            let temporary = folder + "/tmp"
            let result = try Tool(environment: ["TMPDIR": temporary]).run(arguments, limit: 20)
            let said = result.errors.replacing(folder, with: "DIR").replacing(Tool.root, with: "ROOT")
                // What is Debian's own in /bin/true.
                .replacing(/([0-9a-f]{2}\/)?[0-9a-f]{38}\.debug/) { _ in "BUILD-ID.debug" }
                .replacing(/buildid\/[0-9a-f]{40}/) { _ in "buildid/BUILD-ID" }
                .replacing(/headers describe [0-9]+/) { _ in "headers describe MORE" }
            let output = result.output.replacing(folder, with: "DIR").replacing(Tool.root, with: "ROOT")
            let words = command.map { $0.count > 300 ? "\($0.prefix(3))…" : $0 }.map { $0.debugDescription }
            text += "$ taprecipe \(words.joined(separator: " "))\n\(said)\(output)exit \(result.status)\n\n"
            // A check that was made has its verdict.
            #expect(
                result.status == 3 && command[0] == "validate"
                    ? output.hasSuffix(": does not fit\n") : output.isEmpty)
            #expect(said.components(separatedBy: "error: ").count == 2, "\(command): \(said)")
            let left = try FileManager.default.contentsOfDirectory(atPath: temporary)
            #expect(left.isEmpty, "\(command) left \(left)")
        }
        #expect(try Golden.difference(text, from: Self.golden) == nil)
    }

    @Test func aFullDiskLosesNoOlderSummaryAndLeavesNoDraft() throws {
        try #require(geteuid() == 0, "mounting a small file system of its own needs root")
        let folder = try Self.makeFiles()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A disk of one page, which a file of 4000 bytes fills.
        let shell = """
            exec unshare --mount sh -c 'mount -t tmpfs -o size=4k disk "$0" && cd "$0" && printf old >summary &&
            "$@" 2>&1; echo "exit $?"; ls -A; cat summary' \(folder)/folder "$@"
            """
        let result = try Tool(shell: shell).run([
            "report", "\(folder)/saved", "--recipe", "\(Tool.root)/recipes/nginx-5xx.yaml", "--output",
            "summary",
        ])
        #expect(
            result.output == """
                error: cannot write to 'summary': No space left on device
                exit 1
                summary
                old
                """)
    }

    /// A folder of files that are not what they should be; its path holds no link.
    private static func makeFiles() throws -> String {
        let folder = "/var/tmp/taprecipe-bad-\(UUID())"
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: true)
        for name in ["tmp", "folder.yaml"] {
            try manager.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        func write(_ name: String, _ content: some Sequence<UInt8>, mode: mode_t = 0o644) throws {
            try Data(Array(content)).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            chmod("\(folder)/\(name)", mode)
        }
        let script = "script: |\n  probe begin { exit() }\n"
        try write(
            "tab.yaml", "name: tab\nsummary: x\nparameters:\n\tbinary: { type: executable }\n\(script)".utf8)
        try write(
            "big.yaml", "name: big\nsummary: x\n\(script)#\(String(repeating: "a", count: 10 << 20))\n".utf8)
        try write("aliases.yaml", "name: aliases\nsummary: &a [*a]\ntags: &b\n  - *b\n\(script)".utf8)
        let laughs = (1...30).map { "  - &l\($0) [\($0 == 1 ? "x" : "*l\($0 - 1), *l\($0 - 1)")]\n" }.joined()
        try write("laughs.yaml", "name: laughs\nsummary: x\ntags:\n\(laughs)\(script)".utf8)
        try write("binary.yaml", [0x7F, 0x45, 0x4C, 0x46, 0xFF, 0x00, 0x01])
        try write("empty.yaml", [])
        try write("writable.yaml", "name: writable\nsummary: x\n\(script)".utf8, mode: 0o666)
        try write("script", "#!/bin/sh\n".utf8, mode: 0o755)
        try write("empty", [], mode: 0o755)
        try write(
            "elf32", [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1] + [UInt8](repeating: 0, count: 100), mode: 0o755)
        let program = try Data(contentsOf: URL(fileURLWithPath: "/bin/true"))
        try write("cut", program.prefix(3000), mode: 0o755)
        try write("stripped", program, mode: 0o755)
        let records = (1...200).map { "rc: \($0) status: 502 host: h\($0) method: GET uri: /\($0)\n" }
        try write("saved", records.joined().utf8)
        mkfifo(folder + "/fifo", 0o755)
        mkfifo(folder + "/fifo.yaml", 0o644)
        symlink("/nowhere", folder + "/dangling")
        symlink("/nowhere", folder + "/dangling.yaml")
        return folder
    }
}
