import CElfutils
import Glibc

/// The line records of one unit, ordered by address.
struct LineTable {
    struct Record {
        var address: UInt64
        var file: String
        var line: Int
        var isPrologueEnd: Bool
        var isSequenceEnd: Bool
    }

    private let lines: OpaquePointer
    let count: Int

    init?(_ unit: DIE) {
        var lines: OpaquePointer?
        var count = 0
        guard unit.withRaw({ dwarf_getsrclines($0, &lines, &count) }) == 0, let lines, count > 0 else {
            return nil
        }
        self.lines = lines
        self.count = count
    }

    func address(_ index: Int) -> UInt64 {
        var address: Dwarf_Addr = 0
        guard let line = dwarf_onesrcline(lines, index), dwarf_lineaddr(line, &address) == 0 else { return 0 }
        return address
    }

    subscript(index: Int) -> Record {
        guard let line = dwarf_onesrcline(lines, index) else {
            return Record(address: 0, file: "", line: 0, isPrologueEnd: false, isSequenceEnd: true)
        }
        var number: Int32 = 0
        var isPrologueEnd = false
        var isSequenceEnd = false
        _ = dwarf_lineno(line, &number)
        _ = dwarf_lineprologueend(line, &isPrologueEnd)
        _ = dwarf_lineendsequence(line, &isSequenceEnd)
        return Record(
            address: address(index), file: dwarf_linesrc(line, nil, nil).map { String(cString: $0) } ?? "",
            line: Int(number), isPrologueEnd: isPrologueEnd, isSequenceEnd: isSequenceEnd)
    }

    /// The first record of exactly this address.
    func firstIndex(at address: UInt64) -> Int? {
        let index = lowerBound(address)
        return index < count && self.address(index) == address ? index : nil
    }

    private func lowerBound(_ wanted: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if address(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
