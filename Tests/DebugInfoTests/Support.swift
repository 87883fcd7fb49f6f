import DebugInfo
import Foundation
import Testing

/// Runs a tool and gives what it printed; a tool that is missing or fails is the test's failure.
@discardableResult
func run(_ tool: String, _ arguments: [String], in folder: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // stap -vv says much on its error output; both are emptied so that neither blocks it.
    let collector = Task.detached { errors.fileHandleForReading.readDataToEndOfFile() }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    _ = collector
    guard process.terminationStatus == 0 else {
        throw ToolFailure(tool: tool, status: process.terminationStatus, arguments: arguments)
    }
    return text
}

/// A tool that the tests need does not work; its package must be installed.
struct ToolFailure: Error {
    var tool: String
    var status: Int32
    var arguments: [String]
}

/// The binaries that tests look at, built once a run into a folder that goes with the process.
enum Fixture {
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/DebugInfo").path

    /// A folder of this run; fixtures are built anew, in two seconds.
    static let folder: String = {
        var template = Array("/tmp/taprecipe-debuginfo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("mkdtemp failed") }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        folderToRemove.withLock { $0 = path }
        atexit {
            folderToRemove.withLock { path in path.map { try? FileManager.default.removeItem(atPath: $0) } }
        }
        return path
    }()

    private static let folderToRemove = Locked<String?>(nil)
    private static let built = Locked<[String: String]>([:])

    /// shapes.c and hidden.c, compiled with the options.
    static func shapes(_ options: [String], by compiler: String = "gcc") throws -> String {
        try build(compiler, ["shapes.c", "hidden.c"], options)
    }

    /// split.c, whose functions have cold parts, compiled with the options.
    static func split(_ options: [String]) throws -> String { try build("gcc", ["split.c"], options) }

    /// shop.c, which has labels and static marks, compiled with the options.
    static func shop(_ options: [String]) throws -> String { try build("gcc", ["shop.c"], options) }

    /// classes.cc, compiled with the options.
    static func classes(_ options: [String], by compiler: String = "g++") throws -> String {
        try build(compiler, ["classes.cc"], options)
    }

    /// shapes.c, compiled by gcc, with another version of it in the debug information.
    static func shapes(_ options: [String], ofVersion version: String) throws -> String {
        let assembly = "\(folder)/\(version)\(options.joined()).s"
        try run("gcc", options + ["-S", "\(sources)/shapes.c", "-o", assembly])
        let text = try String(contentsOfFile: assembly, encoding: .utf8)
        try text.replacing(#/"GNU C17 [0-9.]+ /#, with: "\"GNU C17 \(version) ")
            .write(toFile: assembly, atomically: true, encoding: .utf8)
        try run("gcc", ["-g", assembly, "\(sources)/hidden.c", "-o", assembly + ".out"])
        return assembly + ".out"
    }

    private static func build(_ compiler: String, _ files: [String], _ options: [String]) throws -> String {
        try built.withLock { built in
            let name = ([compiler] + files + options).joined().filter { $0.isLetter || $0.isNumber }
            if let path = built[name] { return path }
            let path = "\(folder)/\(name)"
            try run(compiler, options + files.map { "\(sources)/\($0)" } + ["-o", path])
            built[name] = path
            return path
        }
    }

    /// A new, empty folder of its own.
    static func newFolder() throws -> String {
        let path = "\(folder)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

/// A value behind a lock.
final class Locked<Value>: @unchecked Sendable {
    private var value: Value
    private let lock = NSRecursiveLock()

    init(_ value: Value) { self.value = value }

    func withLock<T>(_ body: (inout Value) throws -> T) rethrows -> T {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
