import Diagnostics
import Glibc

/// The words for what is wrong with a recipe or runbook.
extension RecipeProblem {
    /// The problem in words; `document` is what the file was to hold.
    func diagnostic(at range: SourceRange?, in document: DocumentKind = .recipe) -> Diagnostic {
        switch self {
        case .cannotRead, .notARegularFile, .fileTooLarge, .notUTF8, .loneCarriageReturn, .controlCharacter:
            fileDiagnostic(at: range, in: document.rawValue)
        case .syntax(let error): YAMLMessages.diagnostic(error)
        case .emptyFile, .multipleDocuments, .tooDeep, .tooManyNodes, .keyIsNotText, .duplicateKey,
            .unknownAnchor, .recursiveAlias, .tag:
            yamlDiagnostic(at: range, in: document)
        case .unknownKey, .mergeKey, .missingKey, .wrongKind, .notText, .notAnInteger, .notABoolean,
            .emptyText, .emptyList, .notOneLine, .outOfRange, .badName, .value:
            keyDiagnostic(at: range)
        case .nameIsNotFileName, .runbook, .recipe, .badBuffer, .scriptIsNotLiteral:
            topLevelDiagnostic(at: range, in: document.rawValue)
        case .reservedParameter, .unknownType, .keyOfOtherType, .keyOfWholeParameter, .requiredWithDefault,
            .minimumAboveMaximum, .duplicateChoice, .itemsNeedMapping, .listOfLists:
            parameterDiagnostic(at: range)
        case .pattern, .recordIsCalledStack, .unknownRecord, .duplicateFollower, .followerCycle,
            .unknownField, .column, .columnIsNotGrouped, .aggregateOfText, .aggregateOfStack,
            .countsText:
            recordDiagnostic(at: range)
        case .unknownVariable, .unclosedVariable, .variablesTooLarge, .duplicateStep, .notOneTarget,
            .badCondition, .unknownStep:
            runbookDiagnostic(at: range) ?? other(at: range)
        case .duplicateTest, .testOfNothing, .outputWithoutExpectations, .badScriptFile, .unknownTitle,
            .wrongCellCount, .badCell, .stackIsNotText, .stackIsText, .notFormatted:
            testDiagnostic(at: range)
        case .noBase, .unreadableBase, .baseIsNoRecipe, .extendsCircle, .extendsTooDeep:
            extensionDiagnostic(at: range)
        }
    }

    private func fileDiagnostic(at range: SourceRange?, in document: String) -> Diagnostic {
        switch self {
        case .cannotRead(let path, let errno):
            .error("cannot read \(document) \(quote(path: path)): \(describe(errno))")
        case .notARegularFile(let path, let mode):
            .error(
                "cannot read \(document) \(quote(path: path)): it is \(kind(of: mode)), expected a regular file"
            )
        case .fileTooLarge(let path, let limit):
            .error(
                "\(document) \(quote(path: path)) is larger than \(SizeText.print(UInt64(limit))), the most that is read"
            )
        case .notUTF8:
            .error(
                "found a byte that is not UTF-8", at: range, notes: ["\(document)s are UTF-8 text"])
        case .loneCarriageReturn:
            .error(
                "found a carriage return within a line, expected LF or CRLF line ends", at: range,
                notes: ["in a quoted value write \\r"])
        case .controlCharacter(let scalar):
            .error(
                "found the character U+\(hex(scalar)), which YAML text cannot hold", at: range,
                notes: ["in a double-quoted value write \\u\(hex(scalar))"])
        default: other(at: range)
        }
    }

    private func yamlDiagnostic(at range: SourceRange?, in document: DocumentKind) -> Diagnostic {
        switch self {
        case .emptyFile:
            .error(
                "found no \(document), expected keys such as 'name:' and '\(document == .recipe ? "script" : "steps"):'",
                at: range)
        case .multipleDocuments:
            .error("found a second YAML document, expected one \(document) a file", at: range)
        case .tooDeep(let limit):
            .error("found values nested more than \(limit) deep", at: range)
        case .tooManyNodes(let limit):
            .error("found more than \(limit) values, counting those that aliases repeat", at: range)
        case .keyIsNotText(let kind):
            .error("found \(describe(kind)) as a key, expected a word", at: range)
        case .duplicateKey(let name, let first):
            Diagnostic(
                .error, "key \(quote(name)) is given twice", at: range,
                notes: [.init("the first is here", at: first)])
        case .unknownAnchor(let name, let known):
            .error(
                "alias '*\(name)' refers to no anchor above it\(Likeness.suggestion(for: name, among: known, prefix: "*"))",
                at: range, notes: ["a value that starts with '*' needs quotes"])
        case .recursiveAlias(let name):
            .error("alias '*\(name)' stands inside the value that it refers to", at: range)
        case .tag(let tag):
            .error(
                "found the YAML tag \(quote(tag)), which \(document)s do not use", at: range,
                notes: ["a value that starts with '!' needs quotes"])
        default: other(at: range)
        }
    }

    private func keyDiagnostic(at range: SourceRange?) -> Diagnostic {
        switch self {
        case .unknownKey(let name, let owner, let known):
            .error(
                "\(quote(name)) is not a key of \(owner)\(Likeness.suggestion(for: name, among: known))",
                at: range,
                notes: ["its keys are \(list(known))"], fixIt: nearest(name, known, range))
        case .mergeKey:
            .error(
                "found a merge key ('<<'), which recipes do not have", at: range,
                notes: ["write out the keys; an alias may stand for a whole value"])
        case .missingKey(let key, let owner): .error("\(owner) lacks '\(key)'", at: range)
        case .wrongKind(let subject, let expected, let found):
            .error("\(subject) is \(describe(found)), expected \(expected)", at: range)
        case .notText(let subject, let found, let written?) where found != .null:
            .error(
                "\(subject) is \(describe(found)), expected text", at: range,
                notes: ["quote it to make it text"],
                fixIt: range.map { FixIt(range: $0, replacement: "\"\(written)\"") })
        case .notText(let subject, let found, _):
            .error(
                "\(subject) is \(describe(found)), expected text", at: range, notes: Self.bracketNotes(range))
        case .notAnInteger(let subject, let found, let written):
            .error(
                "\(subject) is \(describe(found)), expected an integer", at: range,
                fixIt: integerFixIt(written, range))
        case .notABoolean(let subject, let found, let written):
            .error(
                "\(subject) is \(found == .null ? describe(found) : written.map(quote) ?? describe(found)), expected true or false",
                at: range, fixIt: booleanFixIt(written, range))
        case .emptyText(let subject): .error("\(subject) is empty", at: range)
        case .emptyList(let subject): .error("\(subject) is an empty list", at: range)
        case .notOneLine(let subject): .error("\(subject) has several lines, expected one", at: range)
        case .outOfRange(let subject, let written, let bounds):
            .error("\(subject) is \(quote(written)), expected \(describe(bounds))", at: range)
        case .badName(let owner, let name):
            .error(
                "\(quote(name)) cannot be the name of \(owner)", at: range,
                notes: [
                    "a name is a lower-case letter, then lower-case letters, digits and single dashes, at most \(RecipeName.maximumLength)"
                ],
                fixIt: RecipeName.nearestValid(to: name).flatMap { valid in
                    range.map { FixIt(range: $0, replacement: valid) }
                })
        case .value(let subject, let problem, let written):
            ValueMessages.diagnostic(problem, subject: "\(subject) is \(quote(written)),", at: range)
        default: other(at: range)
        }
    }

    /// What `line: {rc:integer}` lacks.
    private static func bracketNotes(_ range: SourceRange?) -> [String] {
        guard let range, range.lower < range.upper, "{[".utf8.contains(range.source.bytes[range.lower]) else {
            return []
        }
        return ["a text that starts with '{' or '[' needs quotes"]
    }

    private func topLevelDiagnostic(at range: SourceRange?, in document: String) -> Diagnostic {
        switch self {
        case .nameIsNotFileName(let name, let file):
            .error(
                "\(document) \(quote(name)) is in \(quote(path: file + ".yaml")), expected the file to be called \(quote(path: name + ".yaml"))",
                at: range)
        case .runbook:
            .error(
                "found 'steps', as a runbook has them, expected a recipe with a 'script'", at: range,
                notes: ["run a runbook with 'taprecipe batch'"])
        case .recipe(let key):
            .error(
                "found '\(key)', as a recipe has it, expected a runbook with 'steps'", at: range,
                notes: ["run a recipe with 'taprecipe run'"])
        case .badBuffer(let text):
            .error(
                "limit 'buffer' is \(quote(text)), expected \(bufferSizes)", at: range,
                fixIt: bufferFixIt(text, range))
        case .scriptIsNotLiteral(let kind):
            .error(
                "'script' is \(describe(kind)), expected a literal block", at: range,
                notes: ["write 'script: |' and the script indented below it"])
        default: other(at: range)
        }
    }

    private func parameterDiagnostic(at range: SourceRange?) -> Diagnostic {
        switch self {
        case .reservedParameter(let name):
            .error(
                "'\(name)' cannot be the name of a parameter, as '--\(name)' is an option of every recipe",
                at: range
            )
        case .unknownType(let name, let known):
            .error(
                "\(quote(name)) is not a parameter type\(Likeness.suggestion(for: name, among: known))",
                at: range,
                notes: ["the types are \(list(known))"], fixIt: nearest(name, known, range))
        case .keyOfOtherType(let key, let type, let types):
            .error(
                "'\(key)' is for \(list(types)) parameters, and this is \(article(type)) '\(type)'", at: range
            )
        case .keyOfWholeParameter(let key, let owner):
            .error("'\(key)' belongs to the list, not to \(owner)", at: range)
        case .requiredWithDefault(let name):
            .error("parameter '\(name)' is required and has a default, expected one of both", at: range)
        case .minimumAboveMaximum(let minimum, let maximum):
            .error("'minimum' \(minimum) is above 'maximum' \(maximum)", at: range)
        case .duplicateChoice(let word): .error("choice \(quote(word)) is given twice", at: range)
        case .itemsNeedMapping(let key):
            .error(
                "'items' of this type need '\(key)'", at: range,
                notes: ["write 'items: { type: choice, choices: [a, b] }'"])
        case .listOfLists: .error("a list's items cannot be lists", at: range)
        default: other(at: range)
        }
    }

    private func recordDiagnostic(at range: SourceRange?) -> Diagnostic {
        switch self {
        case .pattern(let error, let owner): Self.patternDiagnostic(error.kind, owner, at: range)
        case .recordIsCalledStack:
            .error("a record cannot be called 'stack', which 'followed-by' takes for a backtrace", at: range)
        case .unknownRecord(let name, let known):
            .error(
                "\(quote(name)) is not a record of this recipe\(Likeness.suggestion(for: name, among: known))",
                at: range,
                fixIt: nearest(name, known, range))
        case .duplicateFollower(let name, let owner):
            .error("\(quote(name)) is given twice in 'followed-by' of \(owner)", at: range)
        case .followerCycle(let names):
            .error("records follow each other in a circle: \(names.joined(separator: ", then "))", at: range)
        case .unknownField(let name, let record, let known):
            .error(
                "\(quote(name)) is not a field of record '\(record)'\(Likeness.suggestion(for: name, among: known))",
                at: range, notes: [known.isEmpty ? "it has no fields" : "its fields are \(list(known))"],
                fixIt: range?.text == name ? nearest(name, known, range) : nil)
        case .column(.unknownFunction(let name), _):
            .error(
                "\(quote(name)) is not a function of columns\(Likeness.suggestion(for: name, among: functions))",
                at: range, notes: ["the functions are \(list(functions))"])
        case .column(.unclosed, let written):
            .error("column \(quote(written)) does not end in ')'", at: range)
        case .column(.badField(let field), _):
            .error("\(quote(field)) is no column, expected 'count', a field or a function of one", at: range)
        case .columnIsNotGrouped(let field, let groups):
            .error(
                "column '\(field)' is not in 'group-by', and a group has many values of it", at: range,
                notes: [
                    groups.isEmpty
                        ? "add it to 'group-by'"
                        : "it groups by \(list(groups)); add '\(field)' or use a function of it"
                ])
        case .aggregateOfText(let function, let field):
            .error(
                "'\(function)' needs a number, and field '\(field)' is text", at: range,
                notes: ["declare it as '{\(field):integer}' or '{\(field):hex}' in the record's line"])
        case .aggregateOfStack(let function):
            .error("'\(function)' needs a number, and 'stack' is a backtrace", at: range)
        case .countsText(let field):
            .error(
                "'counts' needs a number, and field '\(field)' is text", at: range,
                notes: ["declare it as '{\(field):integer}' in the record's line"])
        default: other(at: range)
        }
    }

    private static func patternDiagnostic(
        _ kind: RecordPatternError.Kind, _ owner: String, at range: SourceRange?
    ) -> Diagnostic {
        switch kind {
        case .empty: .error("the pattern of \(owner) is empty", at: range)
        case .unclosedBrace:
            .error("'{' has no '}'", at: range, notes: ["write '{{' for a brace as it stands"])
        case .strayBrace:
            .error("'}' closes nothing", at: range, notes: ["write '}}' for a brace as it stands"])
        case .badFieldName(let name):
            .error(
                "\(quote(name)) cannot be the name of a field", at: range,
                notes: ["a field's name is a letter or '_', then letters, digits, '_' and '-'"])
        case .reservedFieldName(let name):
            .error("a field cannot be called '\(name)', which means something else in tables", at: range)
        case .unknownFieldType(let name):
            .error(
                "\(quote(name)) is not a field type\(Likeness.suggestion(for: name, among: fieldTypes))",
                at: range, notes: ["the types are \(list(fieldTypes))"])
        case .adjacentFields(let first, let second):
            .error(
                "nothing tells where field '\(first)' ends and '\(second)' starts, expected text between them",
                at: range)
        case .duplicateField(let name): .error("field '\(name)' is given twice in \(owner)", at: range)
        case .restIsNotLast(let name):
            .error("field '\(name)' takes the rest of the line, expected nothing behind it", at: range)
        case .lineEnd: .error("the pattern of \(owner) has a line end in it, expected one line", at: range)
        }
    }

    /// Never reached: the parts above share out all cases among themselves.
    func other(at range: SourceRange?) -> Diagnostic { .error("the recipe is malformed", at: range) }
}
