extension String {
    /// The text as one line that a terminal may safely show: control characters, and those that turn the
    /// direction of writing, become escapes such as `\n` and `\u{1b}`.
    ///
    /// A file's name or a value may hold anything; what quotes it in a message must not break the line there.
    public var visible: String {
        guard unicodeScalars.contains(where: \.isInvisible) else { return self }
        var shown = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case _ where scalar.isInvisible: shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}

extension Unicode.Scalar {
    /// Whether it would steer the terminal rather than be seen on it.
    var isInvisible: Bool {
        switch value {
        case 0x00..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
