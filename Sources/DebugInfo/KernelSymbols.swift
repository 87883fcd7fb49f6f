import Glibc

/// The names in a kernel's own symbol list: `/proc/kallsyms` of the running one, or `System.map`.
///
/// Debian's `System.map` is a stub of one line, and `/proc/kallsyms` may be hidden: such a list tells nothing.
public final class KernelSymbols {
    /// The file that was read.
    public let path: String
    private let bytes: [UInt8]

    /// A list with fewer bytes is not a kernel's.
    private static let fewest = 32_768

    /// Reads the first of the files that tells something; nil where none does.
    public init?(paths: [String]) {
        for path in paths {
            // 64 MB: a kernel with everything built in has about 15.
            guard let bytes = SmallFile.read(path, limit: 64 << 20), bytes.count >= Self.fewest else {
                continue
            }
            self.path = path
            self.bytes = bytes
            return
        }
        return nil
    }

    /// Whether the kernel itself, not a module, has a function of this name; faster than to ask `functions`.
    public func hasFunction(_ name: String) -> Bool {
        let wanted = Array(" \(name)\n".utf8)
        guard wanted.count > 2 else { return false }
        return bytes.withUnsafeBytes { list in
            guard let start = list.baseAddress else { return false }
            var offset = 0
            while let found = memchr(start + offset, 0x0A, list.count - offset) {
                let end = UnsafeRawPointer(found) - start + 1
                // A line ends in ` T NAME`.
                let place = end - wanted.count
                if place >= offset + 2, list[place - 2] == 0x20, Self.isFunction(list[place - 1]),
                    memcmp(start + place, wanted, wanted.count) == 0
                {
                    return true
                }
                offset = end
            }
            return false
        }
    }

    /// The functions of the kernel itself.
    public private(set) lazy var functions: Set<String> = {
        var functions: Set<String> = []
        for line in bytes.split(separator: 0x0A) {
            guard let symbol = Self.symbol(line), symbol.isFunction, symbol.module == nil else { continue }
            functions.insert(String(decoding: symbol.name, as: UTF8.self))
        }
        return functions
    }()

    /// What a line says, `ADDRESS TYPE NAME`, with a tab and `[MODULE]` behind a module's; nil where it is none.
    static func symbol(
        _ line: ArraySlice<UInt8>
    ) -> (isFunction: Bool, name: ArraySlice<UInt8>, module: ArraySlice<UInt8>?)? {
        let fields = line.split(maxSplits: 3) { $0 == 0x20 || $0 == 0x09 }
        guard fields.count >= 3, fields[1].count == 1, let type = fields[1].first else { return nil }
        let module = fields.count > 3 ? fields[3].drop { $0 == 0x5B }.prefix { $0 != 0x5D } : nil
        return (isFunction(type), fields[2], module)
    }

    private static func isFunction(_ type: UInt8) -> Bool { "tTwW".utf8.contains(type) }
}
