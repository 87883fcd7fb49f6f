/// A type's name as `@cast` takes it: `int`, `struct s`, `ns::size_type`, `ns::struct s`.
///
/// stap 4.8 writes a struct, union or enumeration of a namespace or class with its keyword before its own name, and
/// finds it under no other spelling. Where nothing is around the type, the keyword may be left out, or be `class`.
struct TypeName: Hashable {
    /// The namespaces and classes around the type, the outermost first.
    var scopes: [String] = []
    /// The name within them.
    var name: String
    /// The keywords that the type may have been defined with, the likeliest first.
    var keywords: [TypeKeyword]

    /// Reads a name.
    ///
    /// Every character counts: stap compares whole names.
    init(_ text: String) {
        var parts = Self.parts(of: text)
        name = parts.removeLast()
        scopes = parts
        let words = name.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        if words.count == 2, let keyword = TypeKeyword(rawValue: String(words[0])), keyword != .none {
            keywords = [keyword]
            name = String(words[1])
        } else if words.count == 2, words[0] == "class", scopes.isEmpty {
            keywords = [.structure]
            name = String(words[1])
        } else {
            keywords = scopes.isEmpty ? TypeKeyword.allCases : [.none]
        }
    }

    /// The name of a type with nothing around it.
    init(_ name: String, _ keyword: TypeKeyword) {
        self.name = name
        keywords = [keyword]
    }

    /// What stands between `::`, but for those in a template's arguments.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var depth = 0
        var rest = Substring(text)
        while let first = rest.first {
            if depth == 0, rest.hasPrefix("::") {
                parts.append("")
                rest = rest.dropFirst(2)
                continue
            }
            if first == "<" { depth += 1 }
            if first == ">" { depth -= 1 }
            parts[parts.count - 1].append(first)
            rest = rest.dropFirst()
        }
        return parts
    }
}
