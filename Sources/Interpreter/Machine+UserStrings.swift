import Lowering

/// Strings of the traced program (uconversions.stp): all forms follow from the one that reads up to n bytes.
extension Machine {
    /// A string that the event tells.
    func eventText(_ function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> [UInt8] {
        let whole = Int64(limits.stringLength)
        switch function {
        case .userString: return try userString(arguments[0], .integer(whole))
        case .userStringCount: return try userString(arguments[0], arguments[1])
        case .userStringWith: return try userString(arguments[0], .integer(whole), orElse: arguments[1].text)
        case .userStringCountWith:
            return try userString(arguments[0], arguments[1], orElse: arguments[2].text)
        case .userStringNoFault: return try userString(arguments[0], .integer(whole), orElse: [])
        case .userStringCountNoFault: return try userString(arguments[0], arguments[1], orElse: [])
        case .userStringWarn:
            return try userString(
                arguments[0], .integer(whole), orElse: arguments.dropFirst().first?.text ?? [], warns: true)
        case .userStringCountWarn:
            return try userString(
                arguments[0], arguments[1], orElse: arguments.dropFirst(2).first?.text ?? [], warns: true)
        case .userStringQuoted:
            return try orAddress(arguments[0]) { () throws(RuntimeError) in
                quoted(try userString(arguments[0], .integer(whole)))
            }
        case .userStringCountQuoted:
            let limit = arguments.dropFirst(2).first?.integer ?? whole
            return try orAddress(arguments[0]) { () throws(RuntimeError) in
                let text = quoted(try userString(arguments[0], arguments[1]))
                guard Int64(text.count) > limit &- 2 else { return text }
                return kept(
                    TextFunctions.substring(text, 0, limit &- 4, longest: limits.longestString)
                        + Array("\"...".utf8))
            }
        case .userBufferQuoted:
            let longest = limits.longestString
            let count = arguments[1].integer
            let limit = (arguments.dropFirst(2).first?.integer ?? whole).clamped(to: 0...whole)
            return try orAddress(arguments[0]) { () throws(RuntimeError) in
                QuotedText.text(
                    try context.memory(
                        at: UInt64(bitPattern: arguments[0].integer),
                        count: count <= 0 ? longest : min(Int(clamping: count), longest), isUser: true),
                    limit: Int(limit), isQuoted: true, longest: longest, isBuffer: true)
            }
        case .kernelStack: return try context.value(of: function, arguments).text
        default: return kept(try context.value(of: function, arguments).text)
        }
    }

    private func userString(_ address: Value, _ count: Value) throws(RuntimeError) -> [UInt8] {
        // stap's buffer has room for two bytes less than MAXSTRINGLEN.
        let most = count.integer.clamped(to: 0...Int64(max(limits.stringLength - 2, 0)))
        return Array(
            try context.value(of: .userStringCount, [address, .integer(most)]).text.prefix(Int(most)))
    }

    /// The same, or another text where the memory can't be read.
    private func userString(
        _ address: Value, _ count: Value, orElse text: [UInt8], warns: Bool = false
    ) throws(RuntimeError) -> [UInt8] {
        do {
            return try userString(address, count)
        } catch {
            guard case .userStringFault = error else { throw error }
            if warns { warnings.append(error.message) }
            return text
        }
    }

    private func quoted(_ text: [UInt8]) -> [UInt8] {
        QuotedText.text(text, limit: 0, isQuoted: true, longest: limits.longestString)
    }

    /// What is read, or the address where the memory can't be.
    private func orAddress(
        _ address: Value, _ read: () throws(RuntimeError) -> [UInt8]
    ) throws(RuntimeError) -> [UInt8] {
        do {
            return try read()
        } catch {
            switch error {
            case .userStringFault, .readFault:
                return Array("0x\(String(UInt64(bitPattern: address.integer), radix: 16))".utf8)
            default: throw error
            }
        }
    }
}
