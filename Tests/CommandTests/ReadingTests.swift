import Foundation
import Testing

/// Who reads binaries where taprecipe runs as root.
@Suite struct ReadingTests {
    private static let libc = "/lib/x86_64-linux-gnu/libc.so.6"

    @Test func rootLetsAProcessWithoutRightsReadBinaries() throws {
        try #require(geteuid() == 0, "only root has rights to give up")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.executable)
        process.arguments = ["probes", "--vars", "process(\"\(Self.libc)\").statement(\"*@*:*\")"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        var status = ""
        while process.isRunning, !status.contains("Seccomp:\t2") {
            status = Self.childStatus(of: process.processIdentifier) ?? status
        }
        #expect(status.contains("\nUid:\t65534\t65534\t65534\t65534\n"), "\(status)")
        #expect(status.contains("\nGid:\t65534\t65534\t65534\t65534\n"), "\(status)")
        #expect(status.contains("\nGroups:\t \n"), "\(status)")
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            #expect(status.contains("\n\(set):\t0000000000000000\n"), "\(status)")
        }
        #expect(status.contains("\nNoNewPrivs:\t1\n"), "\(status)")
        #expect(status.contains("\nSeccomp:\t2\n"), "\(status)")
    }

    @Test func aProcessInAScriptIsFollowedToItsProgram() throws {
        let program = try SampleProgram(isStripped: false)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.path)
        // It sleeps.
        process.arguments = ["1", "2"]
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let point = "process(\(process.processIdentifier)).function(\"measure\")"
        let listed = try Tool().run(["probes", point])
        #expect(
            listed.output
                == "process(\"\(program.path)\").function(\"measure@\(program.folder)/sample.c:3\")\n",
            "\(listed)")
        // No kernel numbers processes so high.
        let gone = try Tool().run(["probes", "process(2147483647).function(\"measure\")"])
        #expect(gone.status == 3)
        #expect(gone.errors.contains("no process has the id 2147483647"), "\(gone.errors)")
    }

    @Test func severalScriptsAreCheckedByOneHelperEachForItself() throws {
        let program = try SampleProgram(isStripped: false)
        let folder = program.folder
        for (name, variable) in [("a", "p"), ("b", "nothing"), ("c", "scale")] {
            try "probe process(\"\(program.path)\").function(\"measure\") { println($\(variable)) }\n".write(
                toFile: "\(folder)/\(name).stp", atomically: true, encoding: .utf8)
        }
        let result = try Tool().run(["validate"] + ["a", "b", "c"].map { "\(folder)/\($0).stp" })
        #expect(result.status == 3)
        #expect(
            result.output == """
                \(folder)/a.stp: fits, 1 probed place
                \(folder)/b.stp: does not fit
                \(folder)/c.stp: fits, 1 probed place
                3 checked: 2 fit, 1 not fitting

                """, "\(result)")
        #expect(result.errors.contains("\(folder)/b.stp:1:"), "\(result.errors)")
    }

    @Test func rootsOwnFilesAreReadAllTheSame() throws {
        try #require(geteuid() == 0, "only root may read them")
        let folder = "/var/tmp/taprecipe-reading-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "int main(void) { return 0; }\n".write(
            toFile: folder + "/p.c", atomically: true, encoding: .utf8)
        let build = Process()
        build.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Stripped, so that the debug file beside it has to be found too.
        build.arguments = [
            "sh", "-ec",
            """
            cd "$0"; gcc -g -o p p.c; objcopy --only-keep-debug p p.debug
            objcopy --strip-debug --add-gnu-debuglink=p.debug p
            """, folder,
        ]
        try build.run()
        build.waitUntilExit()
        try #require(build.terminationStatus == 0)
        let listed = try Tool().run(["probes", "process(\"\(folder)/p\").function(\"main\")"])
        #expect(listed.output == "process(\"\(folder)/p\").function(\"main@\(folder)/p.c:1\")\n", "\(listed)")
        try "#!/bin/sh\n".write(toFile: folder + "/script", atomically: true, encoding: .utf8)
        let refused = try Tool().run(["probes", "process(\"\(folder)/script\").function(\"main\")"])
        #expect(refused.status == 3)
        #expect(refused.errors.contains("'\(folder)/script' is not an ELF file"), "\(refused.errors)")
    }

    /// `/proc/PID/status` of a process's child.
    private static func childStatus(of parent: Int32) -> String? {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        // The newest first.
        for entry in entries.compactMap(Int32.init).sorted(by: >) where entry > parent {
            guard let status = try? String(contentsOfFile: "/proc/\(entry)/status", encoding: .utf8),
                status.contains("\nPPid:\t\(parent)\n")
            else { continue }
            return status
        }
        return nil
    }
}
