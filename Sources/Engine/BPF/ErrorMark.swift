import Diagnostics
import Interpreter
import StapLanguage
import StapMessages

extension RuntimeError {
    /// Where stap says that a handler failed: ` near identifier 'f' at FILE:1:2`, by the first token of what failed
    /// (`operator<<` of tokens in its parse.cxx); nothing behind the script's own words.
    func mark(at range: SourceRange) -> String {
        if case .script = self { return "" }
        let text = SourceFile(name: "", bytes: Array(range.source.bytes[range.lower..<range.upper]))
        return
            " near \(Lexer.lex(text).tokens.first?.words ?? "junk") at \(StapMessageParser.scriptName):\(range.start)"
    }
}

extension Token {
    fileprivate var words: String {
        switch kind {
        case .identifier where isKeyword: "keyword"
        case .identifier where text.first == "@": "operator '\(text)'"
        case .identifier: "identifier '\(text)'"
        case .operator: "operator '\(text)'"
        case .number: "number '\(range.text)'"
        case .string: "string '\(range.text.dropFirst().dropLast())'"
        case .embeddedC: "embedded-code"
        case .argument, .comment, .placeholder, .invalid, .endOfFile: "junk"
        }
    }
}
