import BinaryMutants
import Foundation
import Testing

@testable import DebugInfo

/// Files that are well-formed to the letter and meant to cost far more than their size, or to trip arithmetic.
///
/// Random damage hardly ever makes them, so each is written by hand. Where one is followed, the suite never ends.
@Suite("Files made to hurt cost no more than their size")
struct HostileBinaryTests {
    /// Each entry's forged sibling is its own first child: followed, every level doubles the entries.
    @Test("siblings that lead into the own children", arguments: [0x39, 0x0B, 0x2E])
    func siblingsIntoOwnChildren(tag: Int) throws {
        let levels = (0..<60).map { "L\($0): .uleb128 2\n .long L\($0 + 1) - unit\n" }.joined()
        let path = try Hostile.program(
            abbreviations: [
                "1, 0x11, 1, 0x13, 0x0B, 0x03, 0x08, 0, 0",
                "2, \(tag), 1, 0x01, 0x13, 0, 0",
                "3, 0x2E, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x07, 0, 0",
                "4, 0x2E, 0, 0x03, 0x08, 0x20, 0x0B, 0, 0",
            ],
            entries: """
                .uleb128 1
                .byte 4
                .asciz "x.cc"
                .uleb128 4
                .asciz "inlined"
                .byte 1
                .uleb128 3
                .asciz "outer"
                .quad f
                .quad 1
                \(levels)
                L60: .uleb128 4
                .asciz "inner"
                .byte 1
                .zero 70
                """)
        let binary = try Binary(path: path)
        #expect(binary.allFunctionNames.contains("outer"))
        let sites = binary.probeSites(matching: FunctionPattern(name: "*"))
        #expect(sites.contains { $0.name == "outer" })
        #expect(sites.flatMap { $0.function?.scopes ?? [] } == [])
    }

    /// A unit that imports itself a dozen times: followed eight deep that is 12⁸ units.
    @Test("units that import each other")
    func importsOfItself() throws {
        let imports = String(repeating: ".uleb128 2\n .long entry - unit\n", count: 12)
        let path = try Hostile.program(
            abbreviations: [
                "1, 0x11, 1, 0x13, 0x0B, 0x03, 0x08, 0, 0", "2, 0x3D, 0, 0x18, 0x13, 0, 0",
                "3, 0x2E, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x07, 0, 0",
            ],
            entries: "entry: .uleb128 1\n .byte 12\n .asciz \"x.c\"\n \(imports)"
                + " .uleb128 3\n .asciz \"f\"\n .quad f\n .quad 1\n .byte 0\n")
        let sites = try Binary(path: path).probeSites(matching: FunctionPattern(name: "*"))
        #expect(sites.map(\.name) == ["f"])
    }

    @Test("an array with more elements than a number counts")
    func boundBeyondCounting() throws {
        for (bound, expected) in [("0x7fffffffffffffff", nil), ("0x7ffffffffffffffe", UInt64(Int64.max))] {
            let path = try Hostile.program(
                abbreviations: [
                    "1, 0x11, 1, 0x03, 0x08, 0, 0", "2, 0x01, 1, 0, 0", "3, 0x21, 0, 0x2F, 0x07, 0, 0",
                    "4, 0x16, 0, 0x03, 0x08, 0x49, 0x13, 0, 0",
                ],
                entries: """
                    .uleb128 1
                    .asciz "x.c"
                    array: .uleb128 2
                    .uleb128 3
                    .quad \(bound)
                    .byte 0
                    .uleb128 4
                    .asciz "long_array"
                    .long array - unit
                    .byte 0
                    """)
            let type = try Binary(path: path).debugInfo().type(named: "long_array")
            #expect(type?.unqualified?.bounds == [expected])
        }
    }

    @Test("a section without bytes in the file")
    func sectionWithoutBytes() throws {
        let path = try Hostile.assemble(".bss\n .zero 4096\n", ["-c"])
        #expect(try RelocatableFile(path: path).content(ofSection: ".bss") == nil)
    }

    /// Every name ends where the string table ends, so that 20,000 of them are some gigabytes.
    @Test("names that share one long string")
    func sharedLongNames() throws {
        let functions = (0..<20_000).map { ".globl f\($0)\n .type f\($0), @function\n f\($0): nop\n" }
        let path = try Hostile.assemble(functions.joined(), ["-nostdlib", "-shared"])
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        for section in ELFLayout(bytes).sections where [".strtab", ".dynstr"].contains(section.name) {
            for place in section.content.dropFirst().dropLast() where bytes[place] == 0 {
                bytes[place] = 0x78
            }
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let symbols = try Binary(path: path).symbols.symbols
        #expect(symbols.reduce(0) { $0 + $1.name.utf8.count } < 16 * bytes.count)
    }

    @Test("compressed debug sections that are nearly all zeros")
    func compressedZeros() throws {
        let path = try Hostile.assemble(
            ".section .debug_info,\"\",@progbits\n .zero 0x8000000\n", ["-nostdlib", "-shared", "-gz"])
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        try #require(size < 1 << 20)
        let binary = try Binary(path: path)
        #expect {
            _ = try binary.debugInfo()
        } throws: { error in
            guard case .malformed(_, let detail) = error as? DebugInfoError else { return false }
            return detail
                == "its section '.debug_info' of \(detail.split(separator: " ")[4]) bytes claims to hold "
                + "134217728 when decompressed"
        }
    }

    @Test("folders of libraries without end")
    func manyLibraryFolders() {
        let paths = LibrarySearchPaths(runpath: String(repeating: "/x:", count: 1_000_000))
        #expect(paths.folders(origin: "/").count == LibrarySearchPaths.mostFolders)
    }
}

/// Programs from hand-written DWARF.
private enum Hostile {
    /// Assembles a text into a new file.
    static func assemble(_ text: String, _ options: [String]) throws -> String {
        let folder = try Fixture.newFolder()
        try text.write(toFile: "\(folder)/x.s", atomically: false, encoding: .utf8)
        try run("gcc", options + ["\(folder)/x.s", "-o", "\(folder)/x"])
        return "\(folder)/x"
    }

    /// A library with one function, `f`, and one DWARF 4 unit, whose start is the label `unit`.
    ///
    /// An abbreviation is its LEB128 numbers: code, tag, whether it has children, pairs of attribute and form.
    static func program(abbreviations: [String], entries: String) throws -> String {
        try assemble(
            """
            .text
            .globl f
            .type f, @function
            f: nop
            .section .debug_abbrev,"",@progbits
            \(abbreviations.map { ".uleb128 \($0)" }.joined(separator: "\n"))
            .byte 0
            .section .debug_info,"",@progbits
            unit: .long unit_end - unit_start
            unit_start: .short 4
            .long 0
            .byte 8
            \(entries)
            unit_end:

            """, ["-nostdlib", "-shared"])
    }
}
