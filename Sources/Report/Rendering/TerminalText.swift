/// Text as a terminal may safely show it, and how wide it is there.
struct TerminalText: Sendable {
    /// Whether characters outside ASCII may be shown.
    var isUnicode: Bool

    /// What stands for the end that was left out.
    var ellipsis: String { isUnicode ? "…" : "..." }

    /// A tab becomes a space, a control character (also of the C1 set, and those that turn the direction of
    /// writing) a `?`; so does, without Unicode, everything outside ASCII.
    func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20..<0x7F: result.append(scalar)
            case 0x09: result.append(" ")
            case 0x00..<0x20, 0x7F..<0xA0: result.append("?")
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
                    .unassigned:
                    result.append("?")
                default: result.append(isUnicode ? scalar : "?")
                }
            }
        }
        return String(result)
    }

    /// How many columns printable text takes.
    static func width(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    /// The text in at most so many columns, with an ellipsis where something was left out.
    func fit(_ text: String, _ columns: Int) -> String {
        guard Self.width(text) > columns else { return text }
        let room = columns - Self.width(ellipsis)
        guard room > 0 else { return String(repeating: ".", count: max(columns, 0)) }
        return Self.prefix(of: text[...], columns: room) + ellipsis
    }

    /// The text on lines of at most so many columns, broken at spaces where there are any.
    static func wrap(_ text: String, _ columns: Int) -> [String] {
        let columns = max(columns, 1)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var word = word
            if !line.isEmpty {
                if width(line) + 1 + width(word) <= columns {
                    line += " " + word
                    continue
                }
                lines.append(line)
                line = ""
            }
            while width(word) > columns {
                let part = prefix(of: word, columns: columns)
                guard !part.isEmpty else { break }
                lines.append(part)
                word =
                    word[word.unicodeScalars.index(word.startIndex, offsetBy: part.unicodeScalars.count)...]
            }
            line = String(word)
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }

    private static func prefix(of text: Substring, columns: Int) -> String {
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            used += width(of: scalar)
            guard used <= columns else { break }
            result.append(scalar)
        }
        return String(result)
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // The wide and full-width ranges of Unicode's EastAsianWidth.txt, without its holes.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
