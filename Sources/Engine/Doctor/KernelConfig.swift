/// The options that a kernel was built with, as its `.config` states them.
public struct KernelConfig: Sendable, Equatable {
    /// The path that it was read from.
    public var path: String
    /// The values of the options of interest (``wanted``), without quotes.
    public var values: [String: String]

    /// The options that the doctor asks about.
    static let wanted: Set<String> = [
        "CONFIG_MODULES", "CONFIG_KPROBES", "CONFIG_UPROBES", "CONFIG_DEBUG_FS", "CONFIG_MODULE_SIG_FORCE",
        "CONFIG_CC_VERSION_TEXT",
    ]

    /// Creates a configuration from its values.
    public init(path: String, values: [String: String]) {
        self.path = path
        self.values = values
    }

    /// Reads a configuration's text; nil where it holds no option at all.
    public init?(path: String, bytes: some Collection<UInt8>) {
        var values: [String: String] = [:]
        var isConfiguration = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard line.starts(with: Self.prefix) || line.starts(with: Self.comment) else { continue }
            isConfiguration = true
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: line[..<equals], as: UTF8.self)
            guard Self.wanted.contains(name) else { continue }
            var value = line[line.index(after: equals)...]
            if value.count >= 2, value.first == UInt8(ascii: "\"") {
                value = value.dropFirst().dropLast()
            }
            values[name] = String(decoding: value, as: UTF8.self)
        }
        guard isConfiguration else { return nil }
        self.init(path: path, values: values)
    }

    /// Whether an option is built in or a module; kconfig writes no line, or a comment, for one that is off.
    public func isOn(_ option: String) -> Bool {
        let value = values["CONFIG_" + option]
        return value == "y" || value == "m"
    }

    /// The first line of `$(CC) --version` of the compiler that built the kernel.
    public var compiler: String? { values["CONFIG_CC_VERSION_TEXT"] }

    private static let prefix = Array("CONFIG_".utf8)
    private static let comment = Array("# CONFIG_".utf8)
}
