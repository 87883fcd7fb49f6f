import Diagnostics

/// The words for what libyaml complains of: its own are about tokens, these about what the writer did.
enum YAMLMessages {
    static func diagnostic(_ error: YAMLSyntaxError) -> Diagnostic {
        let (message, notes, place) = words(error)
        var range = error.range
        if place == .context, let context = error.contextRange { range = context }
        var diagnostic = Diagnostic.error(message, at: range, notes: notes)
        if place == .both, let context = error.contextRange, context.lower < range.lower {
            diagnostic.notes.insert(.init("it starts here", at: context), at: 0)
        }
        return diagnostic
    }

    private enum Place { case problem, context, both }

    private static func words(_ error: YAMLSyntaxError) -> (String, [String], Place) {
        let found =
            error.range.lower < error.range.source.bytes.count
            ? error.range.source.bytes[error.range.lower] : 0
        switch error.problem {
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            return tab
        case "found character that cannot start any token":
            if found == 0x09 { return tab }
            let character = String(decoding: [found], as: UTF8.self)
            return (
                "found \(quote(character)), which cannot start a value", ["put the value in quotes"], .problem
            )
        case "mapping values are not allowed in this context":
            return (
                "found ':' where no key can be",
                [
                    "a value that holds ': ' needs quotes; else look at the indentation of this line and the one above"
                ],
                .problem
            )
        case "block sequence entries are not allowed in this context":
            return (
                "found a list item ('- ') where none can be", ["a list starts on the line below its key"],
                .problem
            )
        case "did not find expected key" where !isFirstOnItsLine(error.range),
            "did not find expected '-' indicator" where !isFirstOnItsLine(error.range):
            return (
                "found text behind the end of a value",
                ["a value that starts with '{', '[' or a quote ends with it; put the whole in quotes"],
                .problem
            )
        case "did not find expected key", "did not find expected '-' indicator":
            return (
                "found a line that fits neither the indentation nor the form of those above it",
                ["lines of one mapping or list start in one column, and keys end in ':'"], .problem
            )
        case "could not find expected ':'":
            return ("found a line without ':', expected 'key: value'", [], .context)
        case "found unexpected end of stream":
            return ("this quote is never closed", [], .context)
        case "did not find expected ',' or ']'":
            return ("found no ',' or ']' to go on with the list", [], .both)
        case "did not find expected ',' or '}'":
            return ("found no ',' or '}' to go on with the mapping", [], .both)
        case "found unknown escape character":
            return (
                "found an unknown escape in a double-quoted value",
                ["double the backslash, or use single quotes, where a backslash is itself"], .problem
            )
        case "did not find expected comment or line break":
            return ("found text behind the block's '|' or '>', expected it on the lines below", [], .problem)
        case "did not find expected node content":
            return ("found no value, expected one", [], .problem)
        case "did not find expected <document start>":
            return ("found text that belongs to no key, expected 'key: value'", [], .problem)
        case "found unexpected document indicator":
            return ("found a document marker in a quoted value", [], .problem)
        case "found undefined tag handle", "did not find expected whitespace or line break":
            return ("found a value that starts with '!', a YAML tag", ["put the value in quotes"], .context)
        case "did not find expected alphabetic or numeric character":
            return ("found '&' or '*' without a name", ["a value that starts with it needs quotes"], .context)
        default:
            return ("malformed YAML: \(error.problem)", error.context.map { [$0] } ?? [], .problem)
        }
    }

    private static func isFirstOnItsLine(_ range: SourceRange) -> Bool {
        let line = range.source.line(range.start.line)
        return line.prefix(range.start.column - 1).allSatisfy { $0 == UInt8(ascii: " ") }
    }

    private static let tab: (String, [String], Place) = (
        "found a tab where indentation was expected", ["YAML is indented with spaces only"], .problem
    )
}
