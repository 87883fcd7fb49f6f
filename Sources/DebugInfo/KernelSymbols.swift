/// The names in a kernel's own symbol list: `/proc/kallsyms` of the running one, or `System.map`.
///
/// Debian's `System.map` is a stub of one line, and `/proc/kallsyms` may be hidden: such a list tells nothing.
public struct KernelSymbols: Sendable {
    /// The file that was read.
    public let path: String
    /// The functions of the kernel itself.
    public let functions: Set<String>
    /// The functions of each loaded module; only `/proc/kallsyms` has them.
    public let moduleFunctions: [String: Set<String>]

    /// A list shorter than this is not a kernel's.
    private static let fewest = 1_000

    /// Reads the first of the files that tells something; nil where none does.
    public init?(paths: [String]) {
        for path in paths {
            // 64 MB: a kernel with everything built in has about 15.
            guard let bytes = SmallFile.read(path, limit: 64 << 20) else { continue }
            var functions: Set<String> = []
            var modules: [String: Set<String>] = [:]
            for line in bytes.split(separator: 0x0A) {
                // ADDRESS TYPE NAME, and for a module TAB [MODULE].
                let fields = line.split(maxSplits: 3) { $0 == 0x20 || $0 == 0x09 }
                guard fields.count >= 3, fields[1].count == 1, let type = fields[1].first,
                    "tTwW".utf8.contains(type)
                else { continue }
                let name = String(decoding: fields[2], as: UTF8.self)
                if fields.count == 4, fields[3].first == UInt8(ascii: "[") {
                    let module = String(decoding: fields[3].dropFirst().prefix { $0 != 0x5D }, as: UTF8.self)
                    modules[module, default: []].insert(name)
                } else {
                    functions.insert(name)
                }
            }
            guard functions.count >= Self.fewest else { continue }
            self.path = path
            self.functions = functions
            self.moduleFunctions = modules
            return
        }
        return nil
    }
}
