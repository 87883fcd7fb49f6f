/// A C header's text without comments, conditional parts decided by the kernel's configuration, and its macros.
///
/// Not a preprocessor: a condition that is not about the configuration is taken to hold. Those are include guards,
/// and parts that only the first or only a repeated reading sees, both of which stap makes.
struct HeaderText {
    struct Macro: Sendable {
        /// nil for a macro without parentheses.
        var parameters: [String]?
        var body: String
    }

    /// Stands in the text, as a call, where the header says `#define TRACE_SYSTEM …`.
    static let systemMark = "__taprecipe_system"

    private(set) var text: [UInt8] = []
    private(set) var macros: [String: Macro] = [:]
    private let config: Set<String>

    init(_ header: String, config: Set<String>) {
        self.config = config
        // Whether each open condition's branch is taken, and whether one of its branches was.
        var conditions: [(isTaken: Bool, wasTaken: Bool)] = []
        for line in Self.lines(Array(header.utf8)) {
            let isActive = conditions.allSatisfy(\.isTaken)
            guard line.first == UInt8(ascii: "#") else {
                if isActive { text += line + [0x0A] }
                continue
            }
            let directive = String(decoding: line.dropFirst().drop { $0 <= 0x20 }, as: UTF8.self)
            let keyword = directive.prefix { $0.isLetter }
            let rest = String(directive.dropFirst(keyword.count).drop { $0 == " " || $0 == "\t" })
            switch keyword {
            case "if", "ifdef", "ifndef":
                let holds = self.holds(String(keyword), rest)
                conditions.append((holds, holds))
            case "elif":
                guard let last = conditions.popLast() else { break }
                let holds = !last.wasTaken && self.holds("if", rest)
                conditions.append((holds, last.wasTaken || holds))
            case "else":
                guard let last = conditions.popLast() else { break }
                conditions.append((!last.wasTaken, true))
            case "endif": _ = conditions.popLast()
            case "define" where isActive: define(rest)
            default: break
            }
        }
    }

    private mutating func define(_ definition: String) {
        let name = String(definition.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        let rest = definition.dropFirst(name.count)
        if name == "TRACE_SYSTEM" {
            text += Array("\(Self.systemMark)(\(rest))\n".utf8)
            return
        }
        guard !name.isEmpty else { return }
        if rest.hasPrefix("("), let close = rest.firstIndex(of: ")") {
            let parameters = rest[rest.index(after: rest.startIndex)..<close].split(separator: ",").map {
                String($0.filter { $0 != " " && $0 != "\t" })
            }
            macros[name] = Macro(parameters: parameters, body: String(rest[rest.index(after: close)...]))
        } else {
            let body = rest.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
            macros[name] = Macro(parameters: nil, body: body)
        }
    }

    private func holds(_ keyword: String, _ condition: String) -> Bool {
        let name = String(condition.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        let isConfiguration = name.hasPrefix("CONFIG_")
        switch keyword {
        case "ifdef": return !isConfiguration || config.contains(name)
        case "ifndef": return !isConfiguration || !config.contains(name)
        default: return Self.evaluate(condition, config)
        }
    }

    /// Judges a condition of `||` and `&&`; a term that is not about the configuration holds, but for 0.
    private static func evaluate(_ condition: String, _ config: Set<String>) -> Bool {
        condition.split(separator: "||").contains { alternative in
            alternative.split(separator: "&&").allSatisfy { term in
                let isNegated = term.contains("!")
                let words = term.split { !($0.isLetter || $0.isNumber || $0 == "_") }
                guard let name = words.first(where: { $0.hasPrefix("CONFIG_") }) else {
                    return words != ["0"]
                }
                let isSet =
                    config.contains(String(name))
                    || term.contains("IS_ENABLED") && config.contains("\(name)_MODULE")
                return isSet != isNegated
            }
        }
    }

    /// The lines, continued ones joined, without comments and leading blanks.
    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var position = 0
        func at(_ offset: Int) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"):
                position += 2
                while position < bytes.count,
                    !(bytes[position] == UInt8(ascii: "*") && at(1) == UInt8(ascii: "/"))
                {
                    position += 1
                }
                position += 2
                continue
            case UInt8(ascii: "/") where at(1) == UInt8(ascii: "/"):
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
                continue
            case UInt8(ascii: "\\") where at(1) == 0x0A:
                lines[lines.count - 1].append(0x20)
                position += 2
                continue
            case 0x0A: lines.append([])
            case 0x20, 0x09:
                if lines[lines.count - 1].isEmpty == false { lines[lines.count - 1].append(0x20) }
            default: lines[lines.count - 1].append(bytes[position])
            }
            position += 1
        }
        return lines
    }
}
