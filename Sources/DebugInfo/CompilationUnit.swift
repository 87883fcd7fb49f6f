import CElfutils
import Glibc

/// One compiled source file.
public struct CompilationUnit {
    let dwarf: DWARF
    let die: DIE

    /// The source file as it was given to the compiler.
    public var name: String { die.name ?? "" }
    /// The folder that relative names start from.
    public var directory: String? { die.string(DW_AT_comp_dir) }
    /// The compiler and its options, in its own words.
    public var producer: String? { die.string(DW_AT_producer) }
    /// Whether it is C++.
    public var isCPlusPlus: Bool { Self.isCPlusPlus(die) }

    static func isCPlusPlus(_ die: DIE) -> Bool {
        switch Int(die.withRaw { dwarf_srclang($0) }) {
        case DW_LANG_C_plus_plus, DW_LANG_C_plus_plus_03, DW_LANG_C_plus_plus_11, DW_LANG_C_plus_plus_14: true
        default: false
        }
    }

    /// Whether stap 4.8 looks for types in its namespaces and classes: in DWARF 4's plain C++, in no later edition.
    static func hasInnerTypes(_ die: DIE) -> Bool {
        Int(die.withRaw { dwarf_srclang($0) }) == DW_LANG_C_plus_plus
    }

    /// Whether libdw and with it stap takes it for C, whose functions stand at the unit's top.
    static func isC(_ die: DIE) -> Bool {
        [DW_LANG_C89, DW_LANG_C, DW_LANG_C99, DW_LANG_C11].contains(Int(die.withRaw { dwarf_srclang($0) }))
    }

    /// Whether a gcc older than a version made it, by its own words: `GNU C17 12.2.0 -O2 …`.
    static func isOfGCC(_ die: DIE, before version: [Int]) -> Bool {
        let words = die.string(DW_AT_producer)?.split(separator: " ", maxSplits: 3) ?? []
        guard words.count > 2, words[0] == "GNU", words[2].allSatisfy({ ".0123456789".contains($0) }) else {
            return false
        }
        return words[2].split(separator: ".").compactMap { Int($0) }.lexicographicallyPrecedes(version)
    }

    /// The source files of its line table, as DWARF names them.
    public var sourceFiles: [String] { Self.sourceFiles(of: die) }

    static func sourceFiles(of die: DIE) -> [String] {
        var files: OpaquePointer?
        var count = 0
        guard die.withRaw({ dwarf_getsrcfiles($0, &files, &count) }) == 0, let files else { return [] }
        var names: [String] = []
        for index in 0..<count {
            guard let name = dwarf_filesrc(files, index, nil, nil) else { continue }
            let text = String(cString: name)
            // libdw's stand-in for a file without a name.
            if text != "???" { names.append(text) }
        }
        return names
    }
}
