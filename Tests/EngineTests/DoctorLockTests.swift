import Foundation
import Testing

@testable import Engine

/// What the doctor says of runs that go on.
struct DoctorLockTests {
    @Test func aHeldLockIsFoundWithItsHolderAndAFreeOneIsNot() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(HeldLock.all(in: directory, files: RootedFileTree()) == .absent)
        let lock = try RunLock.acquire(module: "taprecipe_held", in: directory)
        try withExtendedLifetime(lock) {
            try Data().write(to: URL(filePath: directory + "/taprecipe_dead.lock"))
            let held = try #require(HeldLock.all(in: directory, files: RootedFileTree()).value)
            #expect(held.map(\.module) == ["taprecipe_held"])
            #expect(held.first?.pid == getpid())
            #expect(held.first?.recipe == nil)
            let since = try #require(held.first?.since)
            #expect(since > 0)
        }
    }

    @Test func aLockDirectoryThatIsHiddenIsSaidToBe() {
        let tree = HidingFileTree(tree: RootedFileTree(), hidden: ["/run"], free: 0)
        #expect(HeldLock.all(in: "/run/taprecipe", files: tree) == .unreadable(EACCES))
    }

    @Test(arguments: [
        (["taprecipe", "run", "nginx-5xx", "--binary", "x"], "nginx-5xx"),
        (["taprecipe", "run", "--binary", "x", "nginx-5xx"], nil), (["vim", "x"], nil), ([], nil),
    ])
    func theRecipeOfARunIsReadFromItsCommandLine(_ words: [String], _ recipe: String?) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let process = root.appending(path: "proc/7")
        try FileManager.default.createDirectory(at: process, withIntermediateDirectories: true)
        try Data(words.map { $0 + "\u{0}" }.joined().utf8).write(to: process.appending(path: "cmdline"))
        #expect(HeldLock.recipe(of: 7, files: RootedFileTree(root: root.path)) == recipe)
    }
}
