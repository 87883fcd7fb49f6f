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
