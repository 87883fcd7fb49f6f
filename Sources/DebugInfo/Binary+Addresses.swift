import CElfutils
import Glibc

/// A part of a file that is loaded into memory: a `PT_LOAD` program header.
public struct LoadSegment: Sendable, Hashable {
    /// Where it begins in the file.
    public var offset: UInt64
    /// Where it begins in the file's own address space.
    public var address: UInt64
    /// Its size in the file.
    public var fileSize: UInt64
    /// Whether it holds code.
    public var isExecutable: Bool
}

/// A line of source code.
public struct SourcePosition: Sendable, Hashable {
    /// The file's path, as the compiler gave it, behind the folder of the compilation where it is relative.
    public var file: String
    /// The line, from 1; 0 where the compiler knows none.
    public var line: Int

    /// Creates a position.
    public init(file: String, line: Int) { (self.file, self.line) = (file, line) }
}

extension Binary {
    /// The file's inode; 0 where it lies in memory.
    public var inode: UInt64 { elf.inode }

    /// The parts of the file that are loaded, in the order of the program headers.
    public var segments: [LoadSegment] {
        elf.programHeaders().filter { $0.p_type == UInt32(PT_LOAD) }.map {
            LoadSegment(
                offset: $0.p_offset, address: $0.p_vaddr, fileSize: $0.p_filesz,
                isExecutable: $0.p_flags & UInt32(PF_X) != 0)
        }
    }

    /// How to find the caller of the code at an address.
    ///
    /// - Parameters:
    ///   - address: In the file's own address space.
    ///   - registers: How many of the machine's registers count, from DWARF's number 0 on; at most 64.
    /// - Returns: The row; nil where the file says nothing about the address, or nothing that libdw understands.
    public func unwindRow(at address: UInt64, registers: Int) -> UnwindRow? {
        frameTable.row(at: address, registers: registers)
    }

    /// The line of source code that an address belongs to.
    ///
    /// - Parameter address: In the file's own address space.
    /// - Returns: The line; nil where there is no DWARF, or none of the address.
    public func sourcePosition(of address: UInt64) -> SourcePosition? {
        guard let dwarf = try? debugInfo(), let unit = dwarf.unit(at: address),
            let record = SourceLines.record(at: address, in: unit), !record.file.isEmpty
        else { return nil }
        return SourcePosition(file: record.file, line: record.line)
    }
}

extension DWARF {
    /// The compilation unit whose code holds an address.
    func unit(at address: UInt64) -> DIE? {
        // Through `.debug_aranges` where the compiler wrote them.
        var found = Dwarf_Die()
        if dwarf_addrdie(handle.dwarf, address, &found) != nil { return DIE(found) }
        return unitEntries.first { $0.contains(address) }
    }
}
