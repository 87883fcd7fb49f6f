import Digests
import Glibc
import RecipeModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// The engine's small parts, each on its own.
@Suite struct PartsTests {
    /// The examples of FIPS 180-4 (NIST's "Cryptographic Standards and Guidelines: Example Values").
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func theDigestIsSHA256(text: String, digest: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == digest)
    }

    @Test func aMillionBytesInPiecesOfAnySizeGiveOneDigest() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        for size in [1_000_000, 65536, 1000, 63, 64, 65] {
            var hash = SHA256()
            var start = 0
            while start < bytes.count {
                hash.update(Array(bytes[start..<min(start + size, bytes.count)]))
                start += size
            }
            #expect(hash.finalize() == expected)
        }
    }

    @Test func theDeadlineLeavesTimeToFlush() {
        let budget = Budget(timeout: .seconds(60), deadline: .seconds(100))
        #expect(budget.remaining(.trace, elapsed: .seconds(0)) == .seconds(60))
        #expect(budget.remaining(.trace, elapsed: .seconds(50)) == .seconds(40))
        #expect(budget.remaining(.flush, elapsed: .seconds(95)) == .seconds(5))
        #expect(budget.remaining(.trace, elapsed: .seconds(99)) == .zero)
        #expect(budget.remaining(.compile, elapsed: .seconds(200)) == .zero)
        #expect(budget.remaining(.trace, elapsed: .zero, traced: .seconds(55)) == .seconds(5))
        #expect(Budget(timeout: .seconds(9)).remaining(.trace, elapsed: .seconds(999)) == .seconds(9))
    }

    @Test func forceFitsBeforeTheDeadline() {
        let free = Budget(timeout: .seconds(60))
        #expect(free.politeness(elapsed: .seconds(70)) == .seconds(15))
        #expect(free.patience(elapsed: .seconds(70)) == .seconds(2))
        let bound = Budget(timeout: .seconds(60), deadline: .seconds(100))
        #expect(bound.politeness(elapsed: .seconds(10)) == .seconds(15))
        for elapsed in [60, 80, 85, 89, 90, 95, 98, 99, 100, 200] {
            // The polite wait, then two of force, each reckoned when it comes.
            var now = Duration.seconds(elapsed)
            now += bound.politeness(elapsed: now)
            now += bound.patience(elapsed: now)
            now += bound.patience(elapsed: now)
            #expect(now <= max(.seconds(100), .seconds(elapsed)) + .milliseconds(200), "\(elapsed)")
        }
    }

    @Test(arguments: [true, false])
    func aKilledProgramThatDoesNotEndIsNotWaitedForWithoutEnd(group: Bool) async throws {
        let output = Events()
        let handles = Mutex<ChildProcess.Handle?>(nil)
        let child = ChildProcess(
            executable: "/usr/bin/python3", arguments: [Sandbox.fixtures + "/unkillable.py"],
            patience: .milliseconds(100))
        let status = try await child.run(
            started: { handle in handles.withLock { $0 = handle } },
            output: { bytes in
                output.add(.line(Array(bytes)))
                handles.withLock { $0 }?.signal(SIGKILL, group: group)
            }, error: { _ in })
        let tracer = try #require(Int32(output.lines.joined().filter(\.isNumber)))
        defer { kill(tracer, SIGKILL) }
        let id = try #require(handles.withLock { $0?.processID })
        guard case .stuck(let process) = status else {
            Issue.record("\(status)")
            return
        }
        #expect(process.processID == id && process.program == "/usr/bin/python3" && process.state == "Z")
        #expect(process.words.contains("process \(id)") && process.words.contains("state Z"))
    }

    @Test func theBuildIDIsWhatReadelfSays() async throws {
        let output = Events()
        let child = ChildProcess(executable: "/usr/bin/readelf", arguments: ["-n", "/usr/bin/stap"])
        _ = try await child.run(
            started: { _ in }, output: { output.add(.line(Array($0))) }, error: { _ in })
        let id = try ELFBuildID.identity(of: "/usr/bin/stap")
        #expect(id.utf8.count == 40)
        #expect(output.lines.joined().contains("Build ID: \(id)"))
    }

    @Test func brokenELFFilesAreDigestedNotRead() throws {
        var generator = SeededGenerator()
        // A trap says nothing more than what was printed before.
        print("seed \(generator.seed)")
        let image = Array(try Files.read("/usr/bin/true").prefix(2000))
        for _ in 0..<3000 {
            var broken = Array(image.prefix(Int.random(in: 0...2000, using: &generator)))
            for _ in 0..<4 where !broken.isEmpty {
                let place = Int.random(in: 0..<min(broken.count, 700), using: &generator)
                broken[place] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = ELFBuildID.read(broken)
        }
        #expect(try ELFBuildID.identity(of: "/etc/passwd").hasPrefix("sha256:"))
    }

    @Test func aModuleSaysItsNameAndKernel() throws {
        let text =
            "\u{7F}ELF..\0parm=_stp_bufsize:buffer size\0name=taprecipe_ab\0vermagic=6.1.0-56-amd64 SMP\0"
        let information = try #require(ModuleInformation(Array(text.utf8)))
        #expect(information.name == "taprecipe_ab")
        #expect(information.kernelRelease == "6.1.0-56-amd64")
        #expect(ModuleInformation(Array(text.utf8.dropFirst())) == nil)
        for name in ["../x", "", String(repeating: "a", count: 56), "a b"] {
            let other = "\u{7F}ELF\0parm=_stp_bufsize:b\0name=\(name)\0vermagic=6.1 SMP\0"
            #expect(ModuleInformation(Array(other.utf8)) == nil)
        }
    }

    @Test(arguments: ["/dev/zero", "/tmp", "/no/such/file", "fifo"])
    func whatIsNoRegularFileIsRefusedAtOnce(path: String) throws {
        let sandbox = try Sandbox()
        let fifo = sandbox.root + "/fifo"
        mkfifo(fifo, 0o600)
        #expect(throws: EngineError.self) { try Files.read(path == "fifo" ? fifo : path) }
    }

    @Test func aDirectoryThatOthersCanWriteIsRefused() throws {
        let sandbox = try Sandbox()
        let path = sandbox.root + "/open"
        mkdir(path, 0o700)
        chmod(path, 0o777)
        #expect(throws: EngineError.self) { try Files.makePrivateDirectory(path) }
        symlink("/tmp", sandbox.root + "/link")
        #expect(throws: EngineError.self) { try Files.makePrivateDirectory(sandbox.root + "/link") }
    }

    @Test func aTemporaryDirectoryOfAKilledRunIsRemovedLater() throws {
        let sandbox = try Sandbox()
        // No process has an id over the kernel's largest, 2^22.
        let stale = sandbox.root + "/tmp/taprecipe-run-4194305-stale0"
        // Of a maker that lives and has not locked it yet.
        let young = sandbox.root + "/tmp/taprecipe-run-\(getppid())-young0"
        for path in [stale, young] { mkdir(path, 0o700) }
        try Files.write([1], to: stale + "/x")
        let first = try TemporaryDirectory(in: sandbox.root + "/tmp")
        let second = try TemporaryDirectory(in: sandbox.root + "/tmp")
        #expect(Files.isDirectory(first.path) && Files.isDirectory(second.path))
        #expect(Files.isDirectory(young))
        #expect(!Files.isDirectory(stale))
    }

    @Test func directoriesFollowXDGForUsersAndTheFHSForRoot() {
        let user = EngineDirectories.standard(
            environment: ["HOME": "/home/u", "XDG_CACHE_HOME": "relative", "XDG_RUNTIME_DIR": "/run/user/7"],
            isRoot: false, userID: 7)
        #expect(
            user
                == EngineDirectories(
                    cache: "/home/u/.cache/taprecipe", state: "/home/u/.local/state/taprecipe",
                    runtime: "/run/user/7/taprecipe"))
        let root = EngineDirectories.standard(environment: ["HOME": "/root"], isRoot: true, userID: 0)
        #expect(
            root
                == EngineDirectories(
                    cache: "/var/cache/taprecipe", state: "/var/lib/taprecipe", runtime: "/run/taprecipe"))
    }
}
