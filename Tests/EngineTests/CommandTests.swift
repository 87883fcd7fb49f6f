import Glibc
import RecipeModel
import Testing

@testable import Engine

/// The command to trace, and what stap and staprun are given.
@Suite struct CommandTests {
    @Test func anyArgumentsReachTheCommandAsTheyAre() async throws {
        let sandbox = try Sandbox(staprun: "target")
        let words = ["", "a b", "$HOME", "`id`", "'", "\"", "\\", "*", "-c", "--", "ü", "$(id);|&<>"]
        var request = sandbox.request()
        request.target = .command(["printf", "<%s>\\n"] + words)
        let events = Events()
        let outcome = try await sandbox.engine.run(request) { events.add($0) }
        #expect(events.commandLines == words.map { "<\($0)>" })
        #expect(outcome.ending == .completed)
        #expect(outcome.commandStatus == .exited(0))
        #expect(sandbox.leftovers == [])
    }

    @Test func theCommandsProcessIsTheTargetFromTheStart() async throws {
        let sandbox = try Sandbox(staprun: "target")
        var request = sandbox.request()
        request.target = .command(["sh", "-c", "echo $$; exit 3"])
        let events = Events()
        let outcome = try await sandbox.engine.run(request) { events.add($0) }
        #expect(events.lines == events.commandLines.map { "target " + $0 })
        #expect(outcome.commandStatus == .exited(3))
        #expect(outcome.commandStatus?.failure == "ended with status 3")
        #expect(outcome.ending == .completed)
    }

    @Test func theCommandDoesNotRunBeforeTheProbesAreThere() async throws {
        let sandbox = try Sandbox(staprun: "hang-attach")
        var request = sandbox.request(phases: [.attach: .milliseconds(400)])
        request.target = .command(["touch", sandbox.root + "/ran"])
        let outcome = try await sandbox.engine.run(request) { _ in }
        #expect(outcome.ending == .deadlineReached(during: .attach))
        #expect(access(sandbox.root + "/ran", F_OK) != 0)
        #expect(sandbox.leftovers == [])
    }

    @Test func aCommandThatRunsOnIsEndedWithTheRun() async throws {
        let sandbox = try Sandbox(staprun: "target")
        var request = sandbox.request(timeout: .milliseconds(500))
        request.target = .command([
            "sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done", sandbox.root,
        ])
        let events = Events()
        let outcome = try await sandbox.engine.run(request) { events.add($0) }
        #expect(outcome.ending == .timedOut)
        #expect(outcome.commandStatus == nil)
        #expect(events.commandLines == ["up"])
        #expect(sandbox.leftovers == [])
    }

    @Test func aTargetProcessIsNeverSignalled() async throws {
        let sandbox = try Sandbox(staprun: "target")
        let child = ChildProcess(executable: "/bin/sleep", arguments: ["30"])
        let (ids, started) = AsyncStream.makeStream(of: Int32.self)
        async let status = child.run(
            started: { handle in started.yield(handle.processID) }, output: { _ in }, error: { _ in })
        var target: Int32 = 0
        for await id in ids { target = id; break }
        var request = sandbox.request(timeout: .milliseconds(200))
        request.target = .pid(target)
        let events = Events()
        let outcome = try await sandbox.engine.run(request) { events.add($0) }
        #expect(outcome.ending == .timedOut)
        #expect(events.lines == ["target \(target)"])
        #expect(kill(target, 0) == 0)
        kill(target, SIGKILL)
        #expect(try await status == .signalled(SIGKILL))
    }

    @Test func whatIsNotThereIsSaidBeforeAnythingRuns() async throws {
        let sandbox = try Sandbox()
        var request = sandbox.request()
        request.target = .command(["no-such-program-anywhere"])
        do {
            _ = try await sandbox.engine.run(request) { _ in }
            Issue.record("ran")
        } catch {
            guard case EngineError.commandNotFound("no-such-program-anywhere", isHere: false) = error else {
                throw error
            }
        }
        request.target = .pid(Int32.max)
        do {
            _ = try await sandbox.engine.run(request) { _ in }
            Issue.record("ran")
        } catch {
            guard case EngineError.noSuchProcess = error else { throw error }
        }
        #expect(sandbox.calls == [])
        #expect(sandbox.leftovers == [])
    }

    @Test func guruModeNeedsLeave() async throws {
        let sandbox = try Sandbox()
        var request = sandbox.request()
        request.script = script("probe begin { }", guru: true)
        do {
            _ = try await sandbox.engine.run(request) { _ in }
            Issue.record("ran")
        } catch {
            guard case EngineError.guruNotAllowed = error else { throw error }
        }
        request.allowsGuru = true
        _ = try await sandbox.engine.run(request) { _ in }
        #expect(sandbox.calls.first?.contains(" -g ") == true)
    }

    @Test func stapSeesNothingOfTheUsersEnvironmentButDebuginfod() async throws {
        let sandbox = try Sandbox()
        var request = sandbox.request()
        request.environment["DEBUGINFOD_URLS"] = "http://127.0.0.1:1"
        _ = try await sandbox.engine.run(request) { _ in }
        let text = String(decoding: try Files.read(sandbox.root + "/state/stap.env"), as: UTF8.self)
        let names = Set(text.split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
            .subtracting(["PWD", "LC_CTYPE", "SHLVL", "OLDPWD", "_"])
        #expect(names == ["PATH", "LC_ALL", "HOME", "TMPDIR", "SYSTEMTAP_DIR", "DEBUGINFOD_URLS"])
        #expect(text.contains("SYSTEMTAP_DIR=\(sandbox.root)/cache/systemtap"))
    }

    @Test func eachProgramLeadsAProcessGroupOfItsOwn() async throws {
        let sandbox = try Sandbox()
        _ = try await sandbox.engine.run(sandbox.request()) { _ in }
        let text = String(decoding: try Files.read(sandbox.root + "/state/groups"), as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.map { $0[0] } == ["stap", "staprun"])
        for line in lines {
            // No shell and no setpriv stands between: what is signalled is the program itself.
            #expect(line[1] == line[2] && line[1] == line[3])
            #expect(line[2] != "\(getpgrp())")
        }
    }

    @Test func optionsComeFromLimitsAndRequest() throws {
        let sandbox = try Sandbox()
        var request = sandbox.request()
        request.unwindModules = [ProbedFile(path: "/bin/a b", buildID: "1")]
        request.libraries = [ProbedFile(path: "/lib/x.so", buildID: "01")]
        let limits = Limits(macros: [.MAXSKIPPED: 5, .MAXACTION: 7, .STP_NO_OVERLOAD: 1], bufferMegabytes: 3)
        #expect(
            CommandLine.stap(request, limits: limits, module: "m", script: "/s", runtime: "/r") == [
                "-v", "-p4", "-m", "m", "-r", "6.1.0-test", "-DMAXACTION=7", "-DMAXSKIPPED=5",
                "-DSTP_NO_OVERLOAD", "-d", "/bin/a b", "--ldd", "-R", "/r", "/s",
            ])
        #expect(
            CommandLine.staprun(module: "/m.ko", target: 4, limits: limits)
                == ["-v", "-v", "-C", "never", "-x", "4", "-b", "3", "/m.ko"])
        #expect(
            !CommandLine.options(request, limits: Limits(macros: [.STP_NO_OVERLOAD: 0])).contains {
                $0.contains("OVERLOAD")
            })
    }
}
