public import ProcessMaps

/// What SystemTap's functions for user-space backtraces print and return, byte for byte (stap 4.8's
/// `ucontext-unwind.stp`, `ucontext-symbols.stp`, `ucontext.stp` and the runtime below them).
public struct BacktraceText {
    /// What knows the names of addresses.
    public let names: AddressNames
    /// The most bytes of a string with its final NUL, stap's `MAXSTRINGLEN`.
    public let maximumStringLength: Int

    /// Creates what writes backtraces.
    public init(_ names: AddressNames, maximumStringLength: Int = 512) {
        self.names = names
        self.maximumStringLength = maximumStringLength
    }

    /// What `print_ubacktrace()` (``AddressForm/full``), `print_ubacktrace_brief()` (``AddressForm/brief``) and
    /// `print_ubacktrace_fileline()` (``AddressForm/fuller``) print.
    public func printed(_ backtrace: Backtrace, _ form: AddressForm, in space: AddressSpace) -> String {
        backtrace.programCounters.reduce(into: "") { $0 += text($1, form, in: space) }
    }

    /// What `sprint_ubacktrace()` (``AddressForm/simple``) and `ubacktrace()` (``AddressForm/hexadecimal``) return: cut
    /// where a string is full.
    public func string(_ backtrace: Backtrace, _ form: AddressForm, in space: AddressSpace) -> String {
        cut(printed(backtrace, form, in: space))
    }

    /// What `usymname`, `usymdata`, `usymfile`, `usymline` and `usymfileline` return of an address, each by its form.
    public func string(_ address: UInt64, _ form: AddressForm, in space: AddressSpace) -> String {
        cut(text(address, form, in: space))
    }

    /// What `umodname` returns; nil is its error, `module cannot be found`.
    public func module(of address: UInt64, in space: AddressSpace) -> String? {
        AddressNames.module(of: address, in: space).map { cut($0.name) }
    }

    /// What `print_usyms` and `print_ustack` print of a list of addresses.
    public func printed(addresses list: String, in space: AddressSpace) -> String {
        lines(list, in: space).joined()
    }

    /// What `sprint_usyms` and `sprint_ustack` return of a list of addresses: whole lines, as many as a string holds.
    public func string(addresses list: String, in space: AddressSpace) -> String {
        var text = ""
        var length = 0
        for line in lines(list, in: space) {
            length += line.utf8.count
            if length > maximumStringLength { break }
            text = cut(text + line)
        }
        return text
    }

    /// What a function of a form prints where the probe has no user registers; the probe point is what `pp()` gives.
    public static func missing(_ form: AddressForm, at probePoint: String) -> String {
        form == .hexadecimal ? "\n" : "<no user backtrace at \(probePoint)>\n"
    }

    private func text(_ address: UInt64, _ form: AddressForm, in space: AddressSpace) -> String {
        if form == .hexadecimal { return form.text(address, AddressName()) }
        return form.text(address, names.name(of: address, in: space, withSource: form.needsSource))
    }

    private func lines(_ list: String, in space: AddressSpace) -> [String] {
        list.split(separator: " ").map { word in
            cut(" \(word) : \(string(Self.number(word), .data, in: space))\n")
        }
    }

    /// `strtol(word, 16)`: the digits up to the first other character.
    private static func number(_ word: Substring) -> UInt64 {
        var digits = word.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        if digits.count > 2, digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
            digits = digits.dropFirst(2)
        }
        let value = digits.prefix { Character(UnicodeScalar($0)).isHexDigit }.reduce(0 as UInt64) {
            $0 &* 16 &+ UInt64(Character(UnicodeScalar($1)).hexDigitValue ?? 0)
        }
        return isNegative ? 0 &- value : value
    }

    /// As much of a text as fits into a string.
    private func cut(_ text: String) -> String {
        text.utf8.count < maximumStringLength
            ? text : String(decoding: text.utf8.prefix(maximumStringLength - 1), as: UTF8.self)
    }
}
