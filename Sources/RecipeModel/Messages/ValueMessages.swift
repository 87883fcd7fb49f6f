import Diagnostics

/// The words for values that are none of their type.
enum ValueMessages {
    /// `subject` says what was found: `'timeout' is '3x',`; the words go on with what was expected.
    static func diagnostic(_ problem: ValueProblem, subject: String, at range: SourceRange?) -> Diagnostic {
        .error("\(subject) \(words(problem))", at: range, notes: notes(problem))
    }

    static func words(_ problem: ValueProblem) -> String {
        switch problem {
        case .tooLarge(let limit): "more than \(SizeText.print(UInt64(limit)))"
        case .notUTF8: "which is not UTF-8"
        case .holdsNUL: "which holds a NUL byte"
        case .empty: "expected more than nothing"
        case .notAnInteger: "expected an integer"
        case .integerTooLarge: "expected an integer of at most 64 bits"
        case .outOfRange(let minimum?, let maximum?): "expected \(minimum) to \(maximum)"
        case .outOfRange(let minimum?, nil): "expected \(minimum) or more"
        case .outOfRange(nil, let maximum): "expected \(maximum ?? .max) or less"
        case .tooLong(let count, let limit): "\(count) bytes long, expected at most \(limit)"
        case .doesNotMatch(let pattern): "expected a match of \(quote(pattern))"
        case .regex(let problem): "expected a regular expression: \(words(problem.kind))"
        case .duration(.tooLong): "expected at most 365 days"
        case .duration(.tooShort): "expected 1ms or more"
        case .duration: "expected a duration such as 500ms, 30s or 2m"
        case .size(.tooLarge): "expected less than 8 EiB"
        case .size: "expected a size such as 512, 64KiB or 16MiB"
        case .notALoad: "expected a number above 0 such as 4.5"
        case .notAShare: "expected a percentage such as 2%"
        case .notABoolean: "expected true or false"
        case .notAChoice(let choices): "expected \(choices.map(quote).joined(separator: " or "))"
        case .notAnIdentifier: "expected a C identifier or a glob over one"
        case .notAPid: "expected a process id from 1 to \(ValueParser.largestPid)"
        case .notOnPath: "which no folder of PATH has"
        }
    }

    static func notes(_ problem: ValueProblem) -> [String] {
        switch problem {
        case .duration(.noUnit):
            ["it has no unit, expected one of \(DurationText.unitNames.joined(separator: ", "))"]
        case .duration(.unknownUnit(let unit)):
            [
                "there is no unit \(quote(unit)), expected one of \(DurationText.unitNames.joined(separator: ", "))"
            ]
        case .size(.unknownUnit(let unit)):
            [
                "there is no unit \(quote(unit))\(Likeness.suggestion(for: unit, among: SizeText.unitNames)), expected one of \(SizeText.unitNames.joined(separator: ", "))"
            ]
        case .duration(.fraction), .size(.fraction): ["write a whole number of a smaller unit"]
        case .notOnPath(isHere: true): ["the working folder has one: give its path, with './' in front"]
        case .regex(let problem): ["at byte \(problem.offset + 1) of it"]
        default: []
        }
    }

    private static func words(_ kind: RegexSyntax.Problem.Kind) -> String {
        switch kind {
        case .unclosedGroup: "'(' has no ')'"
        case .strayParenthesis: "')' closes nothing"
        case .danglingOperator(let sign): "'\(sign)' has nothing to repeat"
        case .repeatedAnchor(let sign): "'\(sign)' cannot repeat '^' or '$'"
        case .unclosedClass: "'[' has no ']'"
        case .invertedRange(let range): "range \(quote(range)) runs backwards"
        case .unknownClassName(let name): "there is no class \(quote(name))"
        case .badRepetition:
            "a repetition is '{n}', '{n,}' or '{n,m}', n up to m, at most \(RegexSyntax.repetitionLimit)"
        case .trailingBackslash: "'\\' has nothing behind it"
        case .escapedLetter(let escape):
            "there is no escape \(quote(escape)), expected a class such as [[:digit:]]"
        case .tooDeep: "groups are nested more than \(RegexSyntax.depthLimit) deep"
        case .tooLarge: "it is too large"
        case .holdsNUL: "it holds a NUL byte"
        }
    }
}
