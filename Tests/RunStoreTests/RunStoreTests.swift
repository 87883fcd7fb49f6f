import Foundation
import GRDB
import RunBundles
import TestSupport
import Testing

@testable import Report
@testable import RunStore

/// The run store, within one process.
@Suite struct RunStoreTests {
    /// A store in a folder of its own.
    final class Ground {
        let folder: String
        var path: String { folder + "/state/runs.sqlite" }

        init() throws { folder = try TestTool.temporaryFolder().path }
        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func mode(_ path: String) throws -> Int {
            try #require(
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
    }

    static let generous = RunStore.Limits(age: 1000, size: 1 << 30)

    static func bundle(
        recipe: String = "nginx-5xx", ended: Int64 = 5_000, secret: String? = nil, size: Int = 0
    ) -> RunBundle {
        let output = RunOutput()
        // What hardly gets smaller.
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<size / 17 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            output.add(Array(String(state, radix: 16).utf8))
        }
        let summary = Summary(
            facts: RunFacts(
                recipe: recipe, recipeDigest: "sha256:1", engine: "bpf", kernel: "6.1.0", hosts: ["web1"],
                target: .init(binary: "/usr/sbin/nginx", buildID: "abc"), end: .timeout),
            verdict: Verdict.of(end: .timeout, recordCount: 3, losses: []), losses: [],
            recordCounts: [.init(name: "request", count: 3, isFollower: false, pattern: "rc: {rc}")],
            tables: [], trees: [], histograms: [], stacks: [], distinctStackCount: 0, profiles: [],
            frames: [], unmatchedExamples: secret.map { [$0] } ?? [], messages: [])
        return RunBundle(recipe: Array("name: \(recipe)\n".utf8), output: output) {
            RunDocument(summary: summary, version: "0.1.0", ended: ended, status: 0, omittedOutput: $0)
        }
    }

    @Test func whatIsKeptIsFoundAgain() throws {
        let ground = try Ground()
        let store = try RunStore(writing: ground.path)
        let bundle = Self.bundle()
        #expect(try store.add(bundle, within: Self.generous, now: 5_000) == 1)
        #expect(
            try store.add(Self.bundle(recipe: "heap-leaks", ended: 5_010), within: Self.generous, now: 5_010)
                == 2)
        let reader = try RunStore(reading: ground.path)
        #expect(try reader.bundle(1) == bundle.bytes)
        #expect(throws: StoreProblem.noRun(3)) { try reader.bundle(3) }
        let all = try reader.history(.init(limit: 10))
        #expect(all.rows.map(\.id) == [2, 1] && all.omitted == 0)
        #expect(all.rows[1] == .init(bundle.document, id: 1, size: bundle.bytes.count + 1024))
        #expect(try reader.history(.init(recipe: "nginx-5xx", limit: 10)).rows.map(\.id) == [1])
        #expect(try reader.history(.init(since: 5_001, limit: 10)).rows.map(\.id) == [2])
        let one = try reader.history(.init(limit: 1))
        #expect(one.rows.map(\.id) == [2] && one.omitted == 1)
    }

    /// The first runs of a runbook on a machine may end at the same time.
    @Test func manyMayMakeItAtOnce() async throws {
        for _ in 0..<10 {
            let ground = try Ground()
            let path = ground.path
            try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try RunStore(writing: path).add(Self.bundle(), within: Self.generous, now: 5_000)
                    }
                }
                let numbers = try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
                #expect(numbers == [1, 2, 3, 4])
            }
        }
    }

    @Test func onlyItsOwnerReadsIt() throws {
        let ground = try Ground()
        let store = try RunStore(writing: ground.path)
        _ = try store.add(Self.bundle(), within: Self.generous, now: 5_000)
        #expect(try ground.mode(ground.folder + "/state") == 0o700)
        for ending in ["", "-wal", "-shm"] { #expect(try ground.mode(ground.path + ending) == 0o600) }
    }

    @Test func whatIsTooOldIsLetGo() throws {
        let ground = try Ground()
        let store = try RunStore(writing: ground.path)
        for ended: Int64 in [1_000, 1_999, 2_000] {
            _ = try store.add(Self.bundle(ended: ended), within: Self.generous, now: 2_000)
        }
        _ = try store.add(Self.bundle(ended: 2_999), within: Self.generous, now: 2_999)
        #expect(try store.history(.init(limit: 10)).rows.map(\.ended) == [2_999, 2_000, 1_999])
    }

    @Test func theOldestMakeRoomAndTheFileStaysSmall() throws {
        let ground = try Ground()
        let limit = 2 << 20
        for number in 0..<30 {
            let store = try RunStore(writing: ground.path)
            _ = try store.add(
                Self.bundle(ended: 5_000 + Int64(number), size: 400_000),
                within: .init(age: 10_000, size: limit),
                now: 5_100)
        }
        let rows = try RunStore(reading: ground.path).history(.init(limit: 100)).rows
        #expect(rows.count > 3 && rows.count < 30)
        #expect(rows.reduce(0) { $0 + $1.size } <= limit)
        #expect(rows.map(\.id) == (0..<rows.count).map { Int64(30 - $0) })
        let size = try FileManager.default.attributesOfItem(atPath: ground.path)[.size] as? Int
        #expect(try #require(size) < limit * 3 / 2)
    }

    @Test func aRunLargerThanTheStoreIsRefused() throws {
        let ground = try Ground()
        let store = try RunStore(writing: ground.path)
        _ = try store.add(Self.bundle(), within: Self.generous, now: 5_000)
        let large = Self.bundle(size: 100_000)
        #expect(throws: StoreProblem.runTooLarge(bytes: large.bytes.count + 1024, limit: 9_000)) {
            try store.add(large, within: .init(age: 1000, size: 9_000), now: 5_000)
        }
        #expect(try store.history(.init(limit: 10)).rows.count == 1)
    }

    // MARK: - What is not as it should be

    @Test func damageIsSaidAndNothingIsWritten() throws {
        for content in [
            Array("not a database, but long enough to be one, it seems".utf8),
            [UInt8](repeating: 7, count: 8192),
        ] {
            let ground = try Ground()
            try FileManager.default.createDirectory(
                atPath: ground.folder + "/state", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try Data(content).write(to: URL(filePath: ground.path))
            #expect(throws: StoreProblem.damaged(ground.path)) { try RunStore(writing: ground.path) }
            #expect(throws: StoreProblem.damaged(ground.path)) { try RunStore(reading: ground.path) }
            #expect(try Data(contentsOf: URL(filePath: ground.path)) == Data(content))
        }
    }

    @Test func pagesOverwrittenWithOthersAreFound() throws {
        let ground = try Ground()
        do {
            let store = try RunStore(writing: ground.path)
            for _ in 0..<4 { _ = try store.add(Self.bundle(size: 40_000), within: Self.generous, now: 5_000) }
        }
        let handle = try #require(FileHandle(forUpdatingAtPath: ground.path))
        let size = try handle.seekToEnd()
        // All but the header and the schema.
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try handle.close()
        #expect(throws: StoreProblem.damaged(ground.path)) {
            try RunStore(reading: ground.path).history(.init(limit: 10))
        }
        #expect(throws: StoreProblem.damaged(ground.path)) {
            try RunStore(writing: ground.path).add(Self.bundle(), within: Self.generous, now: 5_000)
        }
    }

    @Test func aStoreOfANewerVersionIsLeftAlone() throws {
        let ground = try Ground()
        _ = try RunStore(writing: ground.path)
        do {
            let queue = try DatabaseQueue(path: ground.path)
            try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
        }
        #expect(throws: StoreProblem.newer(ground.path)) { try RunStore(writing: ground.path) }
        #expect(throws: StoreProblem.newer(ground.path)) { try RunStore(reading: ground.path) }
    }

    /// Stores that were made by each version of the schema: `Tests/Fixtures/RunStore/version-N.sql`, dumped by sqlite3.
    @Test(arguments: [1])
    func storesOfEveryVersionAreBroughtToTheNewest(version: Int) throws {
        let ground = try Ground()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/RunStore/version-\(version).sql")
        try FileManager.default.createDirectory(
            atPath: ground.folder + "/state", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        do {
            let queue = try DatabaseQueue(path: ground.path)
            let sql = try String(contentsOf: fixture, encoding: .utf8)
            try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        }
        let store = try RunStore(writing: ground.path)
        let rows = try store.history(.init(limit: 10)).rows
        #expect(rows.map(\.id) == [2, 1] && rows.map(\.recipe) == ["heap-leaks", "nginx-5xx"])
        #expect(try RunBundle(reading: store.bundle(1)).document.summary.facts.recipe == "nginx-5xx")
        #expect(try store.add(Self.bundle(), within: .init(age: 1 << 40, size: 1 << 30), now: 6_000) == 3)
        #expect(try store.isWhole())
    }

    @Test func aStoreInAFolderOfOthersIsRefused() throws {
        let ground = try Ground()
        let open = ground.folder + "/open"
        try FileManager.default.createDirectory(
            atPath: open, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
        let problem = try #require(throws: StoreProblem.self) { try RunStore(writing: open + "/runs.sqlite") }
        #expect("\(problem)".hasSuffix("others can write to its folder"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: open).isEmpty)
    }

    @Test func aLinkIsNotFollowed() throws {
        let ground = try Ground()
        let folder = ground.folder + "/state"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.createSymbolicLink(
            atPath: ground.path, withDestinationPath: ground.folder + "/other")
        #expect(throws: StoreProblem.self) { try RunStore(writing: ground.path) }
        #expect(!FileManager.default.fileExists(atPath: ground.folder + "/other"))
    }

    @Test func aStoreThatIsNotThereIsSaidToBe() throws {
        let ground = try Ground()
        #expect(throws: StoreProblem.missing(ground.path)) { try RunStore(reading: ground.path) }
        #expect(!FileManager.default.fileExists(atPath: ground.path))
    }
}
