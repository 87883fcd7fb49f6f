import Foundation
import Testing

/// Debug information that is missing here comes from the servers of `DEBUGINFOD_URLS`, or a note says why not.
@Suite struct DebuginfodTests {
    @Test func aRealServersDebugFileIsFetchedOnceAndKept() throws {
        let program = try SampleProgram(isStripped: true)
        let server = try Server.real(serving: program.folder + "/served")
        try server.waitUntilItHas(program.buildID)
        let before = try program.validate()
        #expect(before.status == 3, "\(before)")
        let fetched = try program.validate(server.url)
        #expect(fetched.status == 0, "\(fetched)")
        #expect(fetched.output == "sample: fits, 1 probed place\n")
        #expect(fetched.errors.isEmpty)
        server.stop()
        let kept = try program.validate(server.url)
        #expect(kept.status == 0, "\(kept)")
    }

    @Test func withoutServersTheNoteSaysWhichWouldBeAsked() throws {
        let program = try SampleProgram(isStripped: true)
        let error = "error: '\(program.path)' has no debug information"
        let offline = try program.validate()
        #expect(offline.errors.contains(error))
        // No server has what somebody built for himself.
        #expect(!offline.errors.contains("DEBUGINFOD_URLS"))
        let packaged = try Tool().run(["validate", "nginx-5xx", "--binary", "/bin/true"])
        #expect(
            packaged.errors.contains(
                /note: or set DEBUGINFOD_URLS .*https:\/\/debuginfod.elfutils.org\/buildid\/[0-9a-f]+\/debuginfo/
            ),
            "\(packaged.errors)")
    }

    struct BadServer: Sendable, CustomTestStringConvertible {
        var mode: String
        var reason: String
        /// Whether libdebuginfod is right to remember that there is no such file.
        var isRemembered = false
        var variables: [String: String] = [:]

        var testDescription: String { mode }
    }

    static let badServers = [
        BadServer(
            mode: "hang", reason: "not done within 2 s (DEBUGINFOD_MAXTIME allows more)",
            variables: ["DEBUGINFOD_MAXTIME": "2"]),
        BadServer(
            mode: "slow", reason: "not done within 2 s (DEBUGINFOD_MAXTIME allows more)",
            variables: ["DEBUGINFOD_MAXTIME": "2"]),
        BadServer(mode: "missing", reason: "no such file came", isRemembered: true),
        BadServer(mode: "broken", reason: "no such file came", isRemembered: true),
        BadServer(mode: "junk", reason: "what came is not an ELF file, and was thrown away"),
        BadServer(mode: "drop", reason: "no such file came", isRemembered: true),
        BadServer(
            mode: "endless",
            reason: "the file is larger than 4294967296 bytes (DEBUGINFOD_MAXSIZE allows more)"),
    ]

    @Test(arguments: badServers)
    func aBadServerIsANote(_ bad: BadServer) throws {
        let program = try SampleProgram(isStripped: true)
        let server = try Server.fake(bad.mode)
        let result = try program.validate(server.url, bad.variables)
        #expect(result.status == 3)
        #expect(result.errors.contains("error: '\(program.path)' has no debug information"))
        let url = "\(server.url)/buildid/\(program.buildID)/debuginfo"
        #expect(result.errors.hasSuffix("note: asked '\(url)': \(bad.reason)\n"), "\(result.errors)")
        #expect(program.cachedFiles.map(\.size) == (bad.isRemembered ? [0] : []))
    }

    @Test func aFileThatIsNotTheBuildsIsNotUsed() throws {
        let program = try SampleProgram(isStripped: true)
        let server = try Server.fake("junk-elf")
        let result = try program.validate(server.url)
        #expect(result.status == 3)
        #expect(result.errors.contains(/note: '.*\/debuginfo' is not a usable ELF file/), "\(result.errors)")
    }

    @Test func aServerThatIsNotThereIsANote() throws {
        let program = try SampleProgram(isStripped: true)
        let server = try Server.fake("missing")
        server.stop()
        let result = try program.validate(server.url)
        #expect(result.status == 3)
        #expect(result.errors.hasSuffix("/debuginfo': Connection refused\n"), "\(result.errors)")
    }

    @Test(arguments: ["slow", "hang"])
    func aDeadlineEndsATransferAndNothingIsLeft(mode: String) throws {
        let program = try SampleProgram(isStripped: true)
        let server = try Server.fake(mode)
        let result = try program.run(["run", "--deadline", "2s", "--dry-run"], server.url)
        #expect(result.status == 5, "\(result)")
        #expect(
            result.errors == "error: the time for the phase 'check' was over before it was done\n",
            "\(result.errors)")
        #expect(program.filesInCache.isEmpty, "\(program.filesInCache)")
    }

    @Test func aSignalEndsATransferAndNothingIsLeft() throws {
        let program = try SampleProgram(isStripped: true)
        let server = try Server.fake("slow")
        // A process that a test's thread starts has signals blocked, which Python can undo.
        let unblock =
            "import os,signal,sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"
        let shell = "python3 -c '\(unblock)' \"$@\" & sleep 4; kill -TERM $!; wait $!"
        let result = try program.validate(server.url, shell: shell)
        #expect(result.status == 130, "\(result)")
        #expect(result.errors.isEmpty)
        #expect(program.cachedFiles.isEmpty)
    }
}

/// A debuginfod server on a port of the loopback interface; ended when the test lets go of it.
private final class Server {
    let url: String
    private let process: Process

    private init(_ process: Process, port: Int) {
        self.process = process
        url = "http://127.0.0.1:\(port)"
    }

    deinit { stop() }

    /// elfutils' own.
    static func real(serving folder: String) throws -> Server {
        let program = "/usr/bin/debuginfod"
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "install debuginfod ('make setup')")
        let port = Int.random(in: 20_000..<30_000)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--port", "\(port)", "--database", ":memory:", "-F", folder]
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return Server(process, port: port)
    }

    /// One that fails in a way of its own.
    static func fake(_ mode: String) throws -> Server {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "\(Tool.root)/Tests/Programs/fake-debuginfod.py", mode]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { break }
            line += String(decoding: data, as: UTF8.self)
        }
        return Server(process, port: try #require(Int(line.dropLast()), "\(line)"))
    }

    /// Waits for the first scan of its folder, asking by curl, as our own question would be remembered as a no.
    func waitUntilItHas(_ buildID: String) throws {
        for _ in 0..<200 {
            let curl = Process()
            curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            curl.arguments = ["curl", "-fsS", "-o", "/dev/null", "\(url)/buildid/\(buildID)/debuginfo"]
            curl.standardError = FileHandle.nullDevice
            try curl.run()
            curl.waitUntilExit()
            if curl.terminationStatus == 0 { return }
            usleep(100_000)
        }
        Issue.record("the server at \(url) never had the file")
    }

    func stop() {
        guard process.isRunning else { return }
        // Not SIGTERM: a process that a test's thread starts has it blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
