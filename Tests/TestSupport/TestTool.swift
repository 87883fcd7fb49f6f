public import Foundation

/// Programs that tests run.
public enum TestTool {
    /// A program is missing or fails.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened.
        public var description: String
    }

    /// Runs a program with an input; its output comes back.
    ///
    /// What it says of errors is in the failure.
    public static func output(of tool: String, _ arguments: [String], input: String = "") throws -> Data {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["input", "output", "errors"].map { folder.appendingPathComponent($0) }
        try Data(input.utf8).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
            throw Failure(description: "\(tool) failed: \(errors)")
        }
        return try Data(contentsOf: files[1])
    }

    /// What a shell's commands print; throws where they fail.
    @discardableResult public static func shell(_ commands: String) throws -> String {
        String(decoding: try output(of: "sh", ["-c", commands]), as: UTF8.self)
    }

    /// A folder of its own, which the caller removes.
    public static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "taprecipe-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
