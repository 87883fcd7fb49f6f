import DebugInfo
import Diagnostics
import Foundation
import Testing

@Suite("What is not a usable binary is refused with its reason")
struct ErrorTests {
    /// Files of every wrong kind, in a folder of the test's own.
    private func make(_ name: String, in folder: String) throws -> String {
        let path = "\(folder)/\(name)"
        let good = try Array(Data(contentsOf: URL(fileURLWithPath: Fixture.shapes(["-O0", "-g"]))))
        func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
        switch name {
        case "directory":
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "fifo": #expect(mkfifo(path, 0o600) == 0)
        case "empty": try write([])
        case "text": try write(Array("hello\n".utf8))
        case "script": try write(Array("#!/bin/sh\n".utf8))
        case "three": try write([0x7F, 0x45, 0x4C])
        case "magic": try write([0x7F, 0x45, 0x4C, 0x46])
        case "header": try write(Array(good[..<64]))
        case "half": try write(Array(good[..<(good.count / 2)]))
        case "almost": try write(Array(good.dropLast()))
        case "bits": try write(good[..<4] + [1] + good[5...])
        case "machine": try write(good[..<18] + [40, 0] + good[20...])
        case "endian": try write(good[..<5] + [2] + good[6...])
        case "object": try run("gcc", ["-c", "\(Fixture.sources)/hidden.c", "-o", path])
        case "zero":
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
        case "loop": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        default: break
        }
        return path
    }

    @Test(
        "each kind has its message",
        arguments: [
            ("absent", "does not exist"),
            ("directory", "is a directory, expected an executable file"),
            ("fifo", "is a named pipe, expected an executable file"),
            ("zero", "is a character device, expected an executable file"),
            ("loop", "cannot be read: Too many levels of symbolic links"),
            ("empty", "is empty, expected an ELF executable or shared library"),
            ("text", "is not an ELF file, expected an ELF executable or shared library"),
            ("script", "is a script, expected an ELF executable or shared library"),
            ("three", "is not an ELF file, expected an ELF executable or shared library"),
            ("magic", "is truncated: it has 4 bytes, its headers describe 64"),
            ("header", "is truncated: it has 64 bytes, its headers describe "),
            ("half", "is truncated: "),
            ("almost", "is truncated: "),
            ("bits", "is a 32-bit binary, expected a 64-bit one"),
            ("machine", "is built for ARM, expected "),
            ("endian", "is built for "),
            ("object", "is a relocatable object file, expected an executable or shared library"),
        ])
    func refuses(name: String, words: String) throws {
        let path = try make(name, in: Fixture.newFolder())
        let error = #expect(throws: DebugInfoError.self) { try Binary(path: path) }
        let message = try #require(error).message
        #expect(message.hasPrefix("'\(path)' \(words)"), "\(message)")
        #expect(!message.hasSuffix("."))
        #expect(error?.diagnostic().message == message)
    }

    @Test("a path with a NUL does not name the file before it")
    func nulInPath() throws {
        let path = try Fixture.shapes(["-O0", "-g"]) + "\0x"
        #expect(throws: DebugInfoError.notFound(path: path)) { try Binary(path: path) }
    }

    @Test("without DWARF the error lists where it was looked for and names the package")
    func withoutDWARF() throws {
        let path = try Fixture.shapes(["-O1"])
        let binary = try Binary(path: path, debugRoots: ["/nonexistent"])
        let error = #expect(throws: DebugInfoError.self) { try binary.debugInfo() }
        let id = try #require(binary.buildID).description
        #expect(error?.message == "'\(path)' has no debug information")
        let looked = "/nonexistent/.build-id/\(id.prefix(2))/\(id.dropFirst(2)).debug"
        #expect(error?.notes.first?.contains("'\(looked)'") == true)
        #expect(error?.notes.last?.contains("-g") == true)

        let owned = try Binary(path: "/usr/lib/x86_64-linux-gnu/libc.so.6", debugRoots: ["/nonexistent"])
        let ownedError = #expect(throws: DebugInfoError.self) { try owned.debugInfo() }
        let ownedID = try #require(owned.buildID)
        let server = "https://debuginfod.elfutils.org"
        #expect(
            ownedError?.notes.suffix(2) == [
                "install it with 'apt-get install libc6-dbg'",
                "or set DEBUGINFOD_URLS to a debuginfod server, as in 'DEBUGINFOD_URLS=\(server)', "
                    + "which is then asked for \(server)/buildid/\(ownedID)/debuginfo",
            ])
    }
}
