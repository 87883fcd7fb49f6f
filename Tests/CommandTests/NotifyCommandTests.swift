import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import taprecipe

/// `--notify-command` of one that does not end.
@Suite(.serialized) struct NotifyCommandTests {
    private func run(_ command: String) async -> (warning: String, notes: [String]) {
        var notify = NotifyCommand(command)
        notify.patience = .seconds(1)
        let warning = await notify.run(
            .recordFound, of: "test", report: "report\n", on: Console(color: .never, environment: [:]))
        return (warning?.message ?? "", warning?.notes.map(\.message) ?? [])
    }

    @Test func aCommandThatHangsIsEnded() async throws {
        let mark = "10\(Int.random(in: 10_000...99_999))"
        let hanging = await run("sleep \(mark) & sleep \(mark)")
        let words = "--notify-command 'sleep \(mark) & sleep \(mark)' was killed by signal 15 (Terminated)"
        #expect(hanging.warning == words)
        #expect(hanging.notes == ["it had not ended within 1 s"])
        #expect(await run("trap '' TERM; sleep \(mark)").warning.hasSuffix("was killed by signal 9 (Killed)"))
        #expect(try TestTool.shell("! pgrep -f 'sleep \(mark)$'") == "")
        #expect(await run("cat >/dev/null").warning == "")
    }

    /// The run itself is over; what hears of it is ended.
    @Test(.enabled(if: getuid() == 0, "placing probes needs root"), arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsIt(number: Int32) throws {
        let ground = try Ground()
        defer { ground.remove() }
        let process = Process()
        process.executableURL = URL(filePath: Tool.executable)
        process.currentDirectoryURL = URL(filePath: ground.folder)
        process.arguments = [
            "run", "./ticks.yaml", "--timeout", "300ms", "--fail-if", "tick", "--store", "none",
            "--notify-command", "touch begun; exec sleep 1000",
        ]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let begun = ground.folder + "/begun"
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: begun) { usleep(10_000) }
        kill(process.processIdentifier, number)
        let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 10)
        let words = "was killed by signal 15 (Terminated)\n  note: an interrupt ended it\n"
        #expect(told.contains(words), "\(told)")
    }
}
