import Glibc

/// What the running kernel has at its addresses: functions of its own, of its modules and of BPF programs.
public struct KernelAddresses: Sendable {
    private let list: [UInt8]
    /// The symbols by their addresses, data too: what lies behind a function is not it.
    private let symbols: [(address: UInt64, line: Int)]

    /// The running kernel's list, for ``init(_:)``, to be read while this process may see addresses (CAP_SYSLOG); empty
    /// where there is none.
    public static var list: [UInt8] { SmallFile.read("/proc/kallsyms", limit: 64 << 20) ?? [] }

    /// Takes a list of lines `ADDRESS TYPE NAME`, with a tab and `[MODULE]` behind a module's, as `/proc/kallsyms` has it.
    ///
    /// Nil where it tells no address: the kernel shows zeros to those who must not know (kptr_restrict).
    public init?(_ list: [UInt8]) {
        var symbols: [(address: UInt64, line: Int)] = []
        var isSorted = true
        list.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var line = 0
            while line < bytes.count, let found = memchr(start + line, 0x0A, bytes.count - line) {
                let end = UnsafeRawPointer(found) - start
                if let address = Self.address(bytes[line..<end]) {
                    if let last = symbols.last, last.address > address { isSorted = false }
                    symbols.append((address, line))
                }
                line = end + 1
            }
        }
        guard symbols.contains(where: { $0.address > 0 }) else { return nil }
        // Of names for one address the first counts.
        if !isSorted { symbols.sort { ($0.address, $0.line) < ($1.address, $1.line) } }
        (self.list, self.symbols) = (list, symbols)
    }

    /// The digits in front of the first space.
    private static func address(_ line: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var address: UInt64 = 0
        for index in line.indices.prefix(17) {
            switch line[index] {
            case 0x30...0x39: address = address << 4 | UInt64(line[index] - 0x30)
            case 0x61...0x66: address = address << 4 | UInt64(line[index] - 0x61 + 10)
            case 0x20: return address
            default: return nil
            }
        }
        return nil
    }

    /// The function at an address, and whose it is: `kernel`, or a module's name.
    ///
    /// The address itself counts, as in stap's runtime, though a return address may lie behind the function that made
    /// the call.
    public func function(at address: UInt64) -> (place: SymbolPlace, module: String)? {
        guard address > 0, var index = lastIndex(upTo: address) else { return nil }
        let start = symbols[index].address
        let next = symbols.indices.contains(index + 1) ? symbols[index + 1].address : nil
        while index > 0, symbols[index - 1].address == start { index -= 1 }
        let line = list[symbols[index].line...].prefix { $0 != 0x0A }
        // Behind a module's last function comes nothing, or another module far away.
        guard let symbol = KernelSymbols.symbol(line), symbol.isFunction, address - start < Self.greatestSize
        else { return nil }
        let size = next.map { $0 - start } ?? 0
        return (
            SymbolPlace(
                name: String(decoding: symbol.name, as: UTF8.self), offset: address - start,
                size: size < Self.greatestSize ? size : 0),
            symbol.module.map { String(decoding: $0, as: UTF8.self) } ?? "kernel"
        )
    }

    /// Where a module has a function of this name; nil where it has none or several.
    public func address(of name: String, in module: String) -> UInt64? {
        let wanted = Array(" \(name)\t[\(module)]\n".utf8)
        // Behind 16 digits, a space and the type.
        let found = symbols.filter { symbol in
            symbol.line + 18 < list.count && list[(symbol.line + 18)...].starts(with: wanted)
        }
        return found.count == 1 ? found[0].address : nil
    }

    private static let greatestSize: UInt64 = 1 << 20

    private func lastIndex(upTo address: UInt64) -> Int? {
        var (low, high) = (0, symbols.count)
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
