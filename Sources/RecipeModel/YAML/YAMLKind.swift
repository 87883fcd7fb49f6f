/// The types of YAML 1.2's core schema.
enum YAMLKind: Sendable, Equatable {
    case null
    case boolean
    case integer
    case float
    case text
    case sequence
    case mapping

    /// What a plain scalar is resolved to (YAML 1.2.2, section 10.3.2).
    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL":
            self = .null
            return
        case "true", "True", "TRUE", "false", "False", "FALSE":
            self = .boolean
            return
        case ".nan", ".NaN", ".NAN":
            self = .float
            return
        default: break
        }
        let bytes = Array(text.utf8)
        if bytes.starts(with: Array("0x".utf8)) || bytes.starts(with: Array("0o".utf8)) {
            let isHex = bytes[1] == UInt8(ascii: "x")
            let digits = bytes.dropFirst(2)
            let areDigits = digits.allSatisfy {
                isHex ? $0.hexDigitValue != nil : (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0)
            }
            self = !digits.isEmpty && areDigits ? .integer : .text
            return
        }
        self = Self.decimal(bytes)
    }

    private static func decimal(_ bytes: [UInt8]) -> YAMLKind {
        let signed = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
        var rest = bytes.dropFirst(signed ? 1 : 0)
        let wholes = rest.prefix { $0.isASCIIDigit }
        rest = rest.dropFirst(wholes.count)
        if rest.isEmpty { return wholes.isEmpty ? .text : .integer }
        if [".inf", ".Inf", ".INF"].contains(where: { rest.elementsEqual($0.utf8) }), wholes.isEmpty {
            return .float
        }
        var fractions: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fractions = rest.dropFirst().prefix { $0.isASCIIDigit }
            rest = rest.dropFirst(1 + fractions.count)
        }
        guard !wholes.isEmpty || !fractions.isEmpty else { return .text }
        if rest.isEmpty { return .float }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return .text }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy { $0.isASCIIDigit } ? .float : .text
    }
}
