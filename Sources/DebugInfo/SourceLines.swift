import CElfutils
import Glibc

/// The line records of one unit by source file, ordered by line and then by address.
final class SourceLines {
    struct Record {
        var line: Int32
        var address: UInt64
    }

    private var byFile: [String: [Record]] = [:]
    private let unit: DIE

    init(_ unit: DIE, names: FileNames) {
        self.unit = unit
        var lines: OpaquePointer?
        var count = 0
        guard unit.withRaw({ dwarf_getsrclines($0, &lines, &count) }) == 0, let lines else { return }
        // One file has a run of records, so its name is looked up once a run.
        var lastPointer: UnsafePointer<CChar>?
        var run: [Record] = []
        func close() {
            if let lastPointer { byFile[names[lastPointer], default: []] += run }
            run.removeAll(keepingCapacity: true)
        }
        for index in 0..<count {
            guard let line = dwarf_onesrcline(lines, index), let file = dwarf_linesrc(line, nil, nil) else {
                continue
            }
            if file != lastPointer {
                close()
                lastPointer = file
            }
            var number: Int32 = 0
            var address: Dwarf_Addr = 0
            _ = dwarf_lineno(line, &number)
            _ = dwarf_lineaddr(line, &address)
            run.append(Record(line: number, address: address))
        }
        close()
        for file in byFile.keys {
            byFile[file]?.sort { ($0.line, $0.address) < ($1.line, $1.address) }
        }
    }

    /// The records of a file.
    func records(of file: String) -> [Record] { byFile[file] ?? [] }

    /// The record that an address falls under, as libdw finds it: the last one of the nearest address.
    static func record(at address: UInt64, in unit: DIE) -> (file: String, line: Int, address: UInt64)? {
        guard let line = unit.withRaw({ dwarf_getsrc_die($0, address) }) else { return nil }
        var number: Int32 = 0
        var start: Dwarf_Addr = 0
        _ = dwarf_lineno(line, &number)
        _ = dwarf_lineaddr(line, &start)
        let file = dwarf_linesrc(line, nil, nil).map { String(cString: $0) } ?? ""
        return (file, Int(number), start)
    }

    /// The line that a function's or an instance's code begins with.
    func firstLine(of ranges: [Range<UInt64>], entry: UInt64) -> Int32? {
        if let found = Self.record(at: entry, in: unit), found.address == entry { return Int32(found.line) }
        // An instance may begin amid a record; then the first record inside counts.
        var lines: OpaquePointer?
        var count = 0
        guard unit.withRaw({ dwarf_getsrclines($0, &lines, &count) }) == 0, let lines else { return nil }
        for index in 0..<count {
            guard let line = dwarf_onesrcline(lines, index) else { continue }
            var address: Dwarf_Addr = 0
            var number: Int32 = 0
            guard dwarf_lineaddr(line, &address) == 0, ranges.contains(where: { $0.contains(address) }) else {
                continue
            }
            return dwarf_lineno(line, &number) == 0 ? number : nil
        }
        return nil
    }
}

/// Names of source files, decoded once each; libdw gives equal pointers for equal entries of a file table.
final class FileNames {
    private var names: [UnsafePointer<CChar>: String] = [:]

    subscript(pointer: UnsafePointer<CChar>) -> String {
        if let known = names[pointer] { return known }
        let name = String(cString: pointer)
        names[pointer] = name
        return name
    }
}

extension DWARF {
    /// The line records of a unit, read once.
    func sourceLines(of unit: DIE) -> SourceLines {
        if let known = sourceLineTables[unit.address] { return known }
        let lines = SourceLines(unit, names: fileNames)
        sourceLineTables[unit.address] = lines
        return lines
    }

    /// The source file that declares an entry.
    func declarationFile(of die: DIE) -> String? {
        die.withRaw { dwarf_decl_file($0) }.map { fileNames[$0] }
    }
}
