/// A text with `{{name}}` for the values of variables.
struct VariableText {
    /// A part of it.
    private enum Part {
        case literal(String)
        case variable(String)
    }

    /// What is wrong with a text, and where in it, by UTF-8 offsets.
    enum Problem: Error {
        case unclosed(at: Range<Int>)
        case badName(String, at: Range<Int>)
    }

    private let parts: [Part]
    /// The variables that it names, each with its place in the text.
    let variables: [(name: String, offsets: Range<Int>)]

    /// Reads a text.
    init(_ text: String) throws(Problem) {
        var parts: [Part] = []
        var variables: [(String, Range<Int>)] = []
        let bytes = Array(text.utf8)
        var literal = 0
        var offset = 0
        func isPair(_ byte: UInt8, at place: Int) -> Bool {
            place + 1 < bytes.count && bytes[place] == byte && bytes[place + 1] == byte
        }
        func slice(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        while offset < bytes.count {
            guard isPair(UInt8(ascii: "{"), at: offset) else {
                offset += 1
                continue
            }
            guard let end = (offset + 2..<bytes.count).first(where: { isPair(UInt8(ascii: "}"), at: $0) })
            else { throw .unclosed(at: offset..<offset + 2) }
            let name = slice(offset + 2..<end)
            guard RecipeName.isValid(name) else { throw .badName(name, at: offset..<end + 2) }
            if literal < offset { parts.append(.literal(slice(literal..<offset))) }
            parts.append(.variable(name))
            variables.append((name, offset..<end + 2))
            offset = end + 2
            literal = offset
        }
        if literal < bytes.count { parts.append(.literal(slice(literal..<bytes.count))) }
        self.parts = parts
        self.variables = variables
    }

    /// The text with the values of its variables; nothing stands for one without.
    func filled(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .variable(let name): values[name] ?? ""
            }
        }.joined()
    }
}
