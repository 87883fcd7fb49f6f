import Foundation
import Testing

@testable import Engine

/// A program that is replaced while it runs.
@Suite final class OutdatedProcessesTests {
    private let folder = "/var/tmp/taprecipe-outdated-\(UUID())"
    private var program: String { folder + "/program" }
    private let process = Process()

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: folder + "/program")
        process.executableURL = URL(fileURLWithPath: folder + "/program")
        process.arguments = ["1000"]
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func replace(by file: String) throws {
        try FileManager.default.copyItem(atPath: file, toPath: folder + "/new")
        #expect(rename(folder + "/new", program) == 0)
    }

    @Test func theSameFileIsNone() {
        let outdated = OutdatedProcesses(of: program)
        #expect(outdated.ofOtherBuild.isEmpty && outdated.ofSameBuild.isEmpty)
    }

    @Test func anotherBuildIsTold() throws {
        try replace(by: "/bin/ls")
        #expect(OutdatedProcesses(of: program).ofOtherBuild == [process.processIdentifier])
        #expect(OutdatedProcesses(of: program, among: [1]).ofOtherBuild.isEmpty)
    }

    @Test func aCopyOfTheSameBuildIsTold() throws {
        try replace(by: "/bin/sleep")
        let outdated = OutdatedProcesses(of: program)
        #expect(outdated.ofSameBuild == [process.processIdentifier] && outdated.ofOtherBuild.isEmpty)
    }

    @Test func aProgramThatNobodyRunsIsToldWithItsNamesakes() throws {
        let runs = ProgramUsers(of: program)
        #expect(runs.isRun && runs.namesakes.isEmpty)
        try FileManager.default.createDirectory(
            atPath: folder + "/other", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: folder + "/other/program")
        let users = ProgramUsers(of: folder + "/other/program")
        #expect(!users.isRun)
        #expect(users.namesakes.contains(.init(path: program, process: process.processIdentifier)))
    }
}
