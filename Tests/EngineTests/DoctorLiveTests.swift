import Foundation
import Testing

@testable import Engine

/// The doctor on the machine that runs the tests, held against what its own tools say.
struct DoctorLiveTests {
    private func output(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private let probe = MachineProbe(
        now: { 0 }, patched: { _, _ in [.taskWorkCancel] })

    @Test func agreesWithThisMachine() async throws {
        let facts = await probe.facts(for: DoctorQuestion(folders: ["/tmp", "/no/such/cache"]))
        #expect(facts.kernel.release == (try output("/usr/bin/uname", ["-r"])))
        #expect(facts.user.effectiveID == geteuid())
        #expect(facts.kernel.hasModuleList == FileManager.default.fileExists(atPath: "/proc/modules"))
        #expect(facts.resources.folders.count == 2)
        #expect(facts.resources.availableMemory ?? 0 > 0)
        if FileManager.default.fileExists(atPath: "/proc/config.gz") {
            let text = try output("/usr/bin/gzip", ["-cd", "/proc/config.gz"])
            #expect(facts.kernel.uprobes == .known(text.contains("\nCONFIG_UPROBES=y")))
            let hasModules = text.contains("\nCONFIG_MODULES=y")
            let ids = Doctor.examine(facts).findings.map(\.id)
            #expect(ids.contains("no-module-support") != hasModules)
        }
        #expect(!DoctorRenderer().render(Doctor.examine(facts)).isEmpty)
    }

    @Test func findsTheInstalledSystemTap() async throws {
        let facts = await probe.facts(for: DoctorQuestion())
        let path = try #require(facts.stap.path, "install Debian's package 'systemtap'")
        let version = try #require(facts.stap.version)
        #expect(
            try output("/bin/sh", ["-c", "\(path) --version 2>&1"]).contains("version \(version.number)/"))
        #expect(facts.stap.staprun != nil)
    }

    /// Debian 12's SystemTap 4.8 compiles no user-space probe for its kernels from 6.1.103 on.
    @Test func findsTheTaskWorkTroubleOfTheInstalledHeaders() async throws {
        let release = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "/lib/modules").sorted().last {
                FileManager.default.fileExists(atPath: "/lib/modules/\($0)/build/.config")
            }, "install Debian's package 'linux-headers-amd64'")
        let facts = await probe.facts(for: DoctorQuestion(kernelRelease: release))
        let header = try output(
            "/bin/sh",
            ["-c", "cat /usr/src/linux-headers-*-common/include/linux/task_work.h"])
        let isChanged = header.contains("task_work_cancel_func")
        let runtime = try output("/bin/cat", [facts.stap.runtime + "/stp_task_work.c"])
        let isKnown = runtime.contains("task_work_cancel_func")
        let troubles = try #require(facts.stap.troubles.value)
        #expect(troubles.contains(.taskWorkCancel) == (isChanged && !isKnown))
        #expect(facts.build.presence == .present)
        #expect(facts.build.treeRelease == .known(release))
        #expect(facts.build.missingFiles == [])
        #expect(Doctor.examine(facts).blockers(for: .compile, engine: .stap).map(\.id) == [])
    }

    @Test func commandsThatHangOrFloodAreCutOff() async {
        let runner = CommandRunner.processes(timeLimit: .milliseconds(300))
        #expect(await runner.output("/bin/sh", ["-c", "exec sleep 1000"]) == nil)
        #expect(await runner.output("/usr/bin/yes", []) == nil)
        #expect(await runner.output("/no/such/program", []) == nil)
        #expect(await runner.output("/bin/false", []) == nil)
        #expect(await runner.output("true", []) == nil)
        #expect(await runner.output("/bin/echo", ["it's"]) == "it's\n")
    }
}
