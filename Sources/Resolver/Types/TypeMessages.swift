import Diagnostics
import Regexes

extension TypeProblem {
    /// The words, at a place of the script.
    func diagnostic(at range: SourceRange) -> Diagnostic {
        var diagnostic = Diagnostic.error(message, at: range, notes: notes)
        if let (text, place) = otherPlace { diagnostic.notes.append(.init(text, at: place)) }
        if let (name, known) = misspelt, let meant = Likeness.clearlyMeant(by: name, among: known),
            range.text == name
        {
            diagnostic.fixIt = FixIt(range: range, replacement: meant)
        }
        return diagnostic
    }

    private var message: String {
        switch self {
        case .unknownFunction(let name, let known, let hasTapset):
            "'\(name)' is not a function of the script\(hasTapset ? " or the tapset" : "")"
                + Likeness.suggestion(for: name, among: known)
        case .argumentCount(let name, let given, let takes, _):
            "'\(name)' takes \(Self.count(takes)), found \(given)"
        case .undeclaredArray(let name, let known):
            "'\(name)' is used as an array but is not declared 'global'"
                + Likeness.suggestion(for: name, among: known)
        case .arity(let name, let found, let first, _): Self.arityWords(name, found, first)
        case .wildcard: "found '*' as an index, which only 'delete' and 'in' take"
        case .deleted: "only a variable or an array's element can be deleted"
        case .notAssignable(let meansMember):
            "expected something that can be assigned to"
                + (meansMember ? "; members are reached with '->'" : "")
        case .conditionVariable(let name):
            "'\(name)' is not a global variable, and a probe's condition knows no others"
        case .conditionFunction(let name): "a probe's condition cannot call a function, found '\(name)'"
        case .mismatch(let found, let expected):
            "found \(Self.words(found)), expected \(Self.words(expected))"
        case .conflict(let subject, let found, let known, _): Self.conflictWords(subject, found, known)
        case .sides(let left, let right):
            "the left side is \(Self.words(left)), the right side is \(Self.words(right))"
        case .formatArguments(let name, let given, let takes):
            "the format of '\(name)' takes \(Self.count([takes])), found \(given)"
        case .formatType(let text, let found, let expected):
            text == "*"
                ? "'*' in a format takes an integer, found \(Self.words(found))"
                : "'\(text)' takes \(Self.words(expected)), found \(Self.words(found))"
        case .neverAssigned(let name, _, let known):
            "'\(name)' is never given a value" + Likeness.suggestion(for: name, among: known)
        case .noResult(let name): "'\(name)' returns nothing that could be used here"
        case .unresolved: "nothing says whether this is an integer or a string"
        case .statisticAsValue(let text):
            "'\(text)' is a statistic, expected an extractor such as '@count(\(text))'"
        case .localStatistic(let name): "'\(name)' is used as a statistic but is not declared 'global'"
        case .sortedByAggregate(let name): "'\(name)' holds no statistics that could be sorted by"
        case .wrappedScalar(let name): "'\(name)' is no array, so its declaration takes no '%'"
        case .regex(let error): error.words
        case .histogramIndexes: "a histogram takes one index"
        case .histogramShapes(let name, _): "'\(name)' has two histograms of different shapes, expected one"
        case .sizedScalar(let name, _): "'\(name)' is declared as an array, found without an index"
        case .outsideLoop(let word): "'\(word)' stands outside a loop"
        case .probeWriteOfTarget: "'@probewrite' is for the tapset's own aliases"
        }
    }

    private var notes: [String] {
        switch self {
        case .undeclaredArray(let name, _), .localStatistic(let name):
            ["write 'global \(name)' at the start of the script"]
        case .formatType(let text, .string, .long) where text != "*": ["'%s' prints a string"]
        case .formatType(_, .long, .string): ["'%d' prints an integer"]
        case .sides(.string, .long), .sides(.long, .string), .mismatch(.long, .string):
            ["'sprint(…)' makes a string of an integer, 'strtol(…, 10)' an integer of a string"]
        default: []
        }
    }

    /// A further place that has to do with it.
    private var otherPlace: (String, SourceRange)? {
        switch self {
        case .argumentCount(let name, _, _, let place?): ("'\(name)' is declared here", place)
        case .arity(_, _, let first, let place?):
            (first == 0 ? "used without an index here" : "used with \(Self.indexes(first)) here", place)
        case .histogramShapes(_, let place): ("the other one is here", place)
        case .sizedScalar(_, let place): ("it is declared here", place)
        case .conflict(_, _, let known, let place?): ("it is \(Self.words(known)) here", place)
        default: nil
        }
    }

    /// A name that may be misspelt, and those that there are.
    private var misspelt: (String, [String])? {
        switch self {
        case .unknownFunction(let name, let known, _), .neverAssigned(let name, _, let known): (name, known)
        default: nil
        }
    }

    private static func words(_ type: ValueType) -> String {
        switch type {
        case .long: "an integer"
        case .string: "a string"
        case .stats: "a statistic"
        }
    }

    private static func count(_ counts: [Int]) -> String {
        if counts == [0] { return "no arguments" }
        return counts.map { "\($0)" }.joined(separator: " or ") + (counts == [1] ? " argument" : " arguments")
    }

    private static func indexes(_ count: Int) -> String { count == 1 ? "one index" : "\(count) indexes" }

    private static func arityWords(_ name: String, _ found: Int, _ first: Int) -> String {
        switch (found, first) {
        case (0, _): "'\(name)' is an array of \(indexes(first)), found without an index"
        case (_, 0): "'\(name)' is no array, found with \(indexes(found))"
        default: "'\(name)' takes \(indexes(first)), found \(found)"
        }
    }

    private static func conflictWords(_ subject: Subject, _ found: ValueType, _ known: ValueType) -> String {
        switch subject {
        case .variable(let name): "'\(name)' is \(words(known)), found it where \(words(found)) is needed"
        case .parameter(let name, let function):
            "'\(name)' of '\(function)' takes \(words(known)), found \(words(found))"
        case .index(let number, let array):
            "index \(number + 1) of '\(array)' is \(words(known)), found \(words(found))"
        case .result(let function): "'\(function)' returns \(words(known)), found \(words(found))"
        }
    }
}

extension RegexSyntaxError {
    /// The mistake as a sentence.
    var words: String {
        let place = "at byte \(position + 1) of the regular expression"
        switch kind {
        case .nothingToRepeat(let sign): return "'\(sign)' \(place) repeats nothing"
        case .unknownGroup: return "'(?' \(place) is not followed by ':'"
        case .unclosedGroup: return "'(' \(place) is not closed"
        case .strayParenthesis: return "')' \(place) closes nothing"
        case .unclosedClass: return "'[' \(place) is not closed"
        case .unknownClass(let name): return "'[:\(name):]' \(place) is not a class of characters"
        case .invertedRange(let text): return "'\(text)' \(place) runs backwards"
        case .numberExpected: return "expected a number \(place)"
        case .numberTooLarge: return "the number \(place) is too large"
        case .invertedRepeat(let least, let most): return "'{\(least),\(most)}' \(place) runs backwards"
        case .braceExpected: return "expected '}' \(place)"
        case .nothingEscaped: return "'\\' ends the regular expression"
        case .beyondASCII:
            return "the regular expression holds a character beyond ASCII, on which SystemTap crashes"
        }
    }
}
