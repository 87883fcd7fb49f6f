/// A parameter of a function as C declares it, `const char *name`, read without a compiler.
public struct ParameterDeclaration: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its type as SystemTap writes types: `char const*`, `long unsigned int`, `int (*) (u32)`; nil where none is read.
    public var type: String?

    /// What kernel headers write beside types for other readers than the compiler (linux/compiler_types.h).
    private static let annotations: Set = ["__iomem", "__user", "__percpu", "__rcu", "__force"]
    /// Types that are macros, so that compilers never see their names (linux/types.h).
    private static let macros = ["pgoff_t": ["unsigned", "long"]]

    /// Creates a parameter.
    public init(name: String, type: String?) {
        self.name = name
        self.type = type
    }

    /// Reads a declaration; nil where it names nothing, such as `void`.
    public init?(_ declaration: String) {
        if let pointer = declaration.firstRange(of: "(*"), let end = declaration.firstRange(of: ")") {
            guard pointer.upperBound < end.lowerBound else { return nil }
            name = String(declaration[pointer.upperBound..<end.lowerBound])
            type = Self.function(declaration[..<pointer.lowerBound], declaration[end.upperBound...])
            return
        }
        let bracket = declaration.firstIndex(of: "[")
        var words = Self.words(declaration[..<(bracket ?? declaration.endIndex)])
        guard let last = words.popLast(), last != "*", last != "void" else { return nil }
        name = last
        // An array is passed as a pointer to its first element.
        if bracket != nil { words.append("*") }
        type = Self.type(words)
    }

    /// The words and stars of a text.
    private static func words(_ text: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text {
            if character == "*" || character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
                if character == "*" { words.append("*") }
            } else {
                word.append(character)
            }
        }
        return (word.isEmpty ? words : words + [word]).filter { !annotations.contains($0) }
    }

    /// The type of a pointer to a function, by its result and its parameters in parentheses.
    private static func function(_ result: Substring, _ parameters: Substring) -> String? {
        let inside = parameters.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
        let types = inside.split(separator: ",").map { type(words($0)) ?? "" }
        return type(words(result)).map { "\($0) (*) (\(types.joined(separator: ", ")))" }
    }

    private static func type(_ words: [String]) -> String? {
        let stars = words.firstIndex(of: "*") ?? words.endIndex
        let base = words[..<stars].filter { $0 != "const" && $0 != "volatile" }.flatMap { macros[$0] ?? [$0] }
        guard !base.isEmpty else { return nil }
        var text = integer(base) ?? base.joined(separator: " ")
        for qualifier in ["volatile", "const"] where words[..<stars].contains(qualifier) {
            text += " \(qualifier)"
        }
        for word in words[stars...] { text += word == "*" ? "*" : " \(word)" }
        return text
    }

    /// The name that compilers give an integer type in DWARF; nil where the words are no such type.
    private static func integer(_ words: [String]) -> String? {
        let keywords: Set = ["unsigned", "signed", "long", "short", "int", "char"]
        guard words.allSatisfy(keywords.contains) else { return nil }
        let isUnsigned = words.contains("unsigned")
        if words.contains("char") {
            return isUnsigned ? "unsigned char" : words.contains("signed") ? "signed char" : "char"
        }
        let size = words.filter { $0 == "long" || $0 == "short" }
        return (size + (isUnsigned ? ["unsigned"] : []) + ["int"]).joined(separator: " ")
    }
}
