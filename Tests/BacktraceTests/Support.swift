import Backtraces
import Foundation
import ProcessMaps
import StackCaptures
import Synchronization
import Testing

/// Starts a process and gives the pipe that it writes to.
///
/// One at a time: a process that inherits another one's pipe would keep it open.
private func start(_ process: Process) throws -> Pipe {
    try starting.withLock { _ in
        let output = Pipe()
        for handle in [output.fileHandleForReading, output.fileHandleForWriting] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        process.standardOutput = output
        try process.run()
        return output
    }
}

private let starting = Mutex(())

/// Runs a tool and gives what it printed; a tool that is missing or fails is the test's failure.
@discardableResult
func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardError = FileHandle.nullDevice
    let output = try start(process)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // eu-stack's status is 1 where a thread's outermost frame has no caller.
    guard process.terminationStatus == 0 || tool == "eu-stack" else {
        throw ToolFailure(tool: tool, arguments: arguments, status: process.terminationStatus)
    }
    return text
}

/// A tool that the tests need does not work; its package must be installed.
struct ToolFailure: Error {
    var tool: String
    var arguments: [String]
    var status: Int32
}

/// The programs that tests look at, built once a run into a folder that goes with the process.
enum Programs {
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Programs").path
    private static let built = Mutex<[String: String]>([:])
    private static let folderToRemove = Mutex<String?>(nil)

    static let folder: String = {
        var template = Array("/tmp/taprecipe-backtraces-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("mkdtemp failed") }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        folderToRemove.withLock { $0 = path }
        atexit {
            folderToRemove.withLock { path in path.map { try? FileManager.default.removeItem(atPath: $0) } }
        }
        return path
    }()

    static func build(_ source: String, _ options: [String]) throws -> String {
        try built.withLock { built in
            let name = ([source] + options).joined().filter { $0.isLetter || $0.isNumber }
            if let path = built[name] { return path }
            let path = "\(folder)/\(name)"
            try run("gcc", ["\(sources)/\(source)"] + options + ["-o", path])
            built[name] = path
            return path
        }
    }
}

/// What a compiler is told for each kind of program: optimized, without frame pointers.
enum Linkage: String, CaseIterable {
    case positionIndependent, fixedAddress, fixedStatic, staticPIE, stripped, debugFrame

    var options: [String] {
        let common = ["-O2", "-g", "-fomit-frame-pointer"]
        return switch self {
        case .positionIndependent: common + ["-pie", "-fPIE", "-rdynamic"]
        case .fixedAddress: common + ["-no-pie", "-fno-pie", "-gdwarf-4"]
        case .fixedStatic: common + ["-static", "-no-pie", "-fno-pie", "-DSTATIC"]
        case .staticPIE: common + ["-static-pie", "-fPIE", "-DSTATIC"]
        case .stripped: common + ["-s"]
        // The program's own functions are then in .debug_frame alone.
        case .debugFrame: common + ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]
        }
    }
}

/// A program that is stopped where a probe might be, and what was recorded there.
final class Capture {
    private let capture: StackCapture
    private let helper = Process()

    /// Runs a program to one of its traps (capture.c).
    init(
        _ program: String, _ arguments: [String], trap: Int = 1, steps: Int = 0, copying limit: Int = 65_536
    ) throws {
        helper.executableURL = URL(fileURLWithPath: try Programs.build("capture.c", ["-O1"]))
        helper.arguments = ["\(trap)", "\(steps)", "\(limit)", program] + arguments
        let output = try start(helper)
        capture = StackCapture([UInt8](output.fileHandleForReading.readDataToEndOfFile()))
        try #require(!capture.samples.isEmpty, "no sample of \(program) \(arguments)")
    }

    var samples: [StackSample] { capture.samples }
    var space: AddressSpace { capture.space }
    var process: Int32 { capture.space.process }

    deinit { end() }

    /// Ends the program.
    func end() {
        guard helper.isRunning else { return }
        kill(helper.processIdentifier, SIGKILL)
        helper.waitUntilExit()
    }

    /// The frames as elfutils finds them in the stopped program.
    func elfutilsFrames() throws -> [UInt64] {
        // The debugger that let it go has it stop by a signal, which takes its time.
        func isStopped() -> Bool {
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            return status?.contains("T (stopped)") == true
        }
        let deadline = Date() + 20
        while !isStopped(), Date() < deadline { usleep(1000) }
        let text = try run("eu-stack", ["-p", "\(process)", "-n", "0"])
        return text.matches(of: /(?m)^#\d+ +0x([0-9a-f]+)/).compactMap { UInt64($0.output.1, radix: 16) }
    }
}
