import Foundation
import Glibc
import Isolation
import Testing

/// What a helper process may do, and what becomes of one that goes wrong.
@Suite struct HelperTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Compiles a fixture, runs `body` with its path, and removes it.
    private func withProgram<Result>(
        _ source: String, _ options: [String], _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = "/var/tmp/taprecipe-isolation-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        chmod(folder, 0o755)
        let program = folder + "/program"
        let fixture = "\(Self.root)/Tests/Fixtures/Isolation/\(source)"
        let result = try run("cc", ["-Wall", "-Werror", "-o", program, fixture] + options)
        try #require(result.status == 0, "\(result.output)")
        return try body(program)
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test func aConfinedProcessCanReadAndComputeAndNothingElse() throws {
        try #require(geteuid() == 0, "only root has rights to give up")
        let isolation = "\(Self.root)/Sources/CIsolation"
        let options = ["-pthread", "-I\(isolation)/include", "\(isolation)/isolation.c"]
        try withProgram("tries.c", options) { program in
            let secret = URL(fileURLWithPath: program).deletingLastPathComponent().path + "/secret"
            try "x".write(toFile: secret, atomically: true, encoding: .utf8)
            chmod(secret, 0o600)
            let said = try run(program, [secret]).output
            let lines = said.split(separator: "\n").map(String.init)
            #expect(
                lines == [
                    "confined 0", "user 65534 65534", "become-root \(EPERM)", "read-secret \(EACCES)",
                    "read-public 0", "write \(EPERM)", "remove \(EPERM)", "socket \(EPERM)",
                    "unix-socket \(EPERM)", "fork \(EPERM)", "signal-others \(EPERM)", "trace \(EPERM)",
                    "exec \(EPERM)", "thread 0", "memory \(ENOMEM)", "raise-limit \(EPERM)",
                ], "\(said)")
            #expect(!FileManager.default.fileExists(atPath: "/tmp/taprecipe-isolation"))
        }
    }

    @Test(arguments: [
        ("CRASHES", HelperFailure.crashed(signal: SIGSEGV)), ("HANGS", .outOfTime(.milliseconds(300))),
        ("LIES", .garbled), ("ENDS", .garbled), ("SILENT", .garbled),
    ])
    func aHelperThatGoesWrongIsAnErrorAndLeavesNothing(way: String, expected: HelperFailure) throws {
        try withProgram("misbehaves.c", ["-D\(way)"]) { program in
            let limits = HelperLimits(addressSpace: 1 << 30, processorTime: 5, time: .milliseconds(300))
            let helper = try Helper.start(limits: limits, executable: program)
            #expect(throws: expected) { try helper.ask([1, 2, 3]) }
            #expect(throws: HelperFailure.garbled) { try helper.ask([1, 2, 3]) }
            // It has been waited for: no child of that program is left.
            let left = try run("pgrep", ["-f", program]).output
            #expect(left == "")
        }
    }

    @Test func aProgramThatIsNotThereIsAnError() {
        #expect(throws: HelperFailure.notStarted(ENOENT)) {
            try Helper.start(executable: "/nowhere/program").ask([])
        }
    }

    @Test func aHelperGetsOnlyFilesThatItMayHave() throws {
        try #require(geteuid() == 0, "/etc/shadow is root's to open")
        try withProgram("misbehaves.c", ["-DASKS"]) { program in
            let refused = try Helper.start(executable: program) { _ in false }.ask([0])
            #expect(refused == [UInt8(ENOEXEC)])
            let given = try Helper.start(executable: program) { _ in true }.ask([0])
            #expect(given == [0])
        }
    }

    @Test func aHelperAnswersSeveralQuestionsAndEndsWithItsOwner() throws {
        try withProgram("misbehaves.c", ["-DCOUNTS"]) { program in
            let helper = try Helper.start(executable: program)
            #expect(try helper.ask([0]) == [1])
            #expect(try helper.ask([0]) == [2])
            #expect(helper.answers == 2)
            helper.end()
            #expect(try run("pgrep", ["-f", program]).output == "")
            #expect(throws: HelperFailure.garbled) { try helper.ask([0]) }
        }
    }

    @Test func aHelperEndsByItselfAfterTheLastQuestion() throws {
        try withProgram("misbehaves.c", ["-DCOUNTS"]) { program in
            let helper = try Helper.start(executable: program)
            #expect(try helper.ask([0]) == [1])
            #expect(helper.takesQuestions)
            #expect(try helper.ask([0], isLast: true) == [2])
            #expect(!helper.takesQuestions)
            #expect(throws: HelperFailure.garbled) { try helper.ask([0]) }
            // Nobody has ended it, nor waited for it yet.
            var left = "?"
            for _ in 0..<200 where !left.isEmpty {
                left = try run("pgrep", ["-r", "R,S,D", "-f", program]).output
                usleep(10_000)
            }
            #expect(left == "")
            helper.end()
            #expect(try run("pgrep", ["-f", program]).output == "")
        }
    }

    /// What a helper hears when it asks what a process runs: the error number, then the path.
    private func heard(_ request: String, mayHave: Bool = true) throws -> (code: UInt8?, path: String) {
        try withProgram("misbehaves.c", ["-DNAMES=\"\(request)\""]) { program in
            let bytes = try Helper.start(executable: program) { _ in mayHave }.ask([0])
            return (bytes.first, String(decoding: bytes.dropFirst(4), as: UTF8.self))
        }
    }

    @Test func aHelperHearsWhatAProcessRuns() throws {
        let (code, path) = try heard("\(getpid())")
        #expect(code == 0)
        #expect(path == (try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")))
    }

    @Test(arguments: [
        "", "0", "-1", "+1", "1 ", "self", "1/../self", "../../etc/passwd", "1/root/etc/shadow",
        "99999999999999999999", "1.0", "0x1",
    ])
    func whatIsNoProcessLeadsToNoFile(request: String) throws {
        let (code, path) = try heard(request)
        #expect(code == UInt8(EINVAL))
        #expect(path == "")
    }

    @Test func aProcessThatIsNotThereOrMustNotBeSeenHasNoName() throws {
        // No kernel numbers processes so high.
        let (gone, noPath) = try heard("2147483647")
        #expect(gone == UInt8(ESRCH))
        #expect(noPath == "")
        let (refused, kept) = try heard("\(getpid())", mayHave: false)
        #expect(refused == UInt8(ENOEXEC))
        #expect(kept == "")
    }
}
