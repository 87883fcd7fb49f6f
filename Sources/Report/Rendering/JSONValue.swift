/// A JSON value, written with sorted keys and without a byte that could steer a terminal.
///
/// Foundation's encoder sorts keys too, but leaves U+007F to U+009F and the characters that turn the direction of
/// writing as they are; an output that is looked at with `cat` must not hold them.
enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int128)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A count.
    static func count(_ value: Int) -> JSONValue { .integer(Int128(value)) }

    /// Text, or null.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// The text, indented by two spaces a level, ending in a line end.
    var text: String { String(decoding: bytes(indent: 0), as: UTF8.self) }

    /// The same in one line.
    var line: [UInt8] { bytes(indent: nil) }

    private func bytes(indent: Int?) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: indent)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// Writes the value, at so many levels of indentation; nil: all in one line.
    private func write(to bytes: inout [UInt8], indent: Int?) {
        switch self {
        case .null: bytes += "null".utf8
        case .boolean(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let text): Self.write(text, to: &bytes)
        case .array(let values):
            Self.write("[", values, "]", to: &bytes, indent: indent) { value, bytes in
                value.write(to: &bytes, indent: indent.map { $0 + 1 })
            }
        case .object(let members):
            Self.write("{", members.sorted { $0.key < $1.key }, "}", to: &bytes, indent: indent) {
                Self.write($0.key, to: &$1)
                $1 += (indent == nil ? ":" : ": ").utf8
                $0.value.write(to: &$1, indent: indent.map { $0 + 1 })
            }
        }
    }

    private static func write<Element>(
        _ open: String, _ elements: [Element], _ close: String, to bytes: inout [UInt8], indent: Int?,
        element: (Element, inout [UInt8]) -> Void
    ) {
        bytes += open.utf8
        for (index, value) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            if let indent { breakLine(&bytes, indent + 1) }
            element(value, &bytes)
        }
        if !elements.isEmpty, let indent { breakLine(&bytes, indent) }
        bytes += close.utf8
    }

    private static func breakLine(_ bytes: inout [UInt8], _ indent: Int) {
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: indent * 2)
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\t": bytes += "\\t".utf8
            case "\r": bytes += "\\r".utf8
            default:
                if isShown(scalar) {
                    bytes += Array(UTF8.encode(scalar)!)
                } else {
                    for unit in UTF16.encode(scalar)! {
                        let digits = String(unit, radix: 16)
                        bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                    }
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0xA0 { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .format, .lineSeparator, .paragraphSeparator, .control: return false
        default: return true
        }
    }
}
