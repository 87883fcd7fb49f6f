import DebugInfo

/// How an address is written: the forms of stap's runtime (`_stp_snprint_addr` and the flags in its `sym.h`).
public enum AddressForm: Sendable, Hashable, CaseIterable {
    /// `0x401136`, with a space behind it: `ubacktrace()`.
    case hexadecimal
    /// `main`: `usymname()`.
    case symbol
    /// `/src/a.c`: `usymfile()`.
    case file
    /// `12`: `usymline()`.
    case line
    /// `/src/a.c:12`: `usymfileline()`.
    case fileAndLine
    /// `main+0x10`, a line: `print_ubacktrace_brief()`.
    case brief
    /// `main+0x10 [prog]`, a line: `sprint_ubacktrace()`.
    case simple
    /// `main+0x10/0x50 [/bin/prog]`: `usymdata()`.
    case data
    /// ` 0x401136 : main+0x10/0x50 [/bin/prog]`, a line: `print_ubacktrace()`.
    case full
    /// The same with file and line: `print_ubacktrace_fileline()`.
    case fuller

    /// Whether it shows lines of source code.
    public var needsSource: Bool { [.file, .line, .fileAndLine, .fuller].contains(self) }

    /// An address in this form.
    public func text(_ address: UInt64, _ name: AddressName) -> String {
        let body = body(address, name) ?? Self.hexadecimal(address)
        return switch self {
        case .hexadecimal: body + " "
        case .full, .fuller: " " + body + "\n"
        case .brief, .simple: body + "\n"
        case .symbol, .file, .line, .fileAndLine, .data: body
        }
    }

    /// What the form says beyond the bare address; nil where nothing is known for it.
    private func body(_ address: UInt64, _ name: AddressName) -> String? {
        let symbol = name.symbol.map { symbol in
            // The runtime drops the dot of a function's entry point on PowerPC, wherever it runs.
            symbol.name.hasPrefix(".") ? String(symbol.name.dropFirst()) : symbol.name
        }
        let source = name.source
        let line = source.flatMap { $0.line > 0 ? String($0.line) : nil }
        switch self {
        case .hexadecimal: return nil
        case .symbol: return symbol
        case .file: return source?.file
        case .line: return line
        case .fileAndLine: return Self.place(source)
        case .brief: return symbol.map { "\($0)\(Self.offset(name.symbol, withSize: false))" }
        case .simple, .data, .full, .fuller: break
        }
        let withSize = self != .simple
        let withAddress = self == .full || self == .fuller
        let at = self == .fuller ? Self.place(source).map { " at \($0)" } ?? "" : ""
        if let symbol {
            return (withAddress ? "\(Self.hexadecimal(address)) : " : "")
                + "\(symbol)\(Self.offset(name.symbol, withSize: withSize))\(at)"
                + (name.module.map { " [\(shown($0))]" } ?? "")
        }
        guard let module = name.module else { return nil }
        let size = withSize ? "/\(Self.hexadecimal(module.size))" : ""
        return
            "\(Self.hexadecimal(address)) [\(shown(module))+\(Self.hexadecimal(module.offset))\(size)]\(at)"
    }

    private func shown(_ module: AddressName.Module) -> String {
        guard self == .simple, let slash = module.name.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return module.name
        }
        return String(module.name[module.name.utf8.index(after: slash)...])
    }

    private static func place(_ source: SourcePosition?) -> String? {
        source.map { $0.line > 0 ? "\($0.file):\($0.line)" : $0.file }
    }

    private static func offset(_ symbol: SymbolPlace?, withSize: Bool) -> String {
        guard let symbol else { return "" }
        return "+\(hexadecimal(symbol.offset))" + (withSize ? "/\(hexadecimal(symbol.size))" : "")
    }

    static func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}
