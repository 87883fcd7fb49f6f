import Diagnostics

/// What can be wrong with a script's text, as facts.
enum SyntaxError: Equatable {
    case unterminatedComment
    case unterminatedString
    case unterminatedEmbeddedC
    case invalidNumber(String)
    case invalidBytes

    case unexpected(Found, expected: Expectation)
    case unknownOperator(String, known: [String])
    case emptyScript
    case tooDeep(limit: Int)
    case tooManyProbePoints(limit: Int)
    case needsGuru(String)

    case aliasWithSuffix
    case epilogueAliasWithSecondBlock
    case suffixBeforeEnd
    case duplicateGlobal(String, first: SourceRange)
    case duplicateParameter(String, first: SourceRange)
    case arraySizeOutOfRange(Int64)
    case initializedArray(String)
    case priorityNotPositive(Int64)
    case returnOutsideFunction
    case secondSorting(first: SourceRange)
    case histogramAsValue(String)
    case tupleAsValue
    case stepAfterPrettyPrint(String)
    case tooManyExtractorParameters(String, limit: Int)
    case invalidConversion(String)
    case incompleteConversion(String)

    case argumentOutOfRange(String, count: Int)
    case nestedArgument(String)
    case defineInMacro
    case redefinedMacro(String, first: SourceRange)
    case redefinedDefine
    case unterminatedMacro(String)
    case recursiveMacro(String)
    case macroNeedsArguments(String, count: Int)
    case wrongMacroArgumentCount(String, given: Int, expected: Int)
    case unterminatedMacroCall(String)
    case expansionTooLarge(limit: Int)
    case strayConditionalMark(String)
    case secondElse
    case unterminatedConditional
    case optionNotNumber(String)
    case guruModeNotBoolean(Int64)
    case notDecimal(String)

    /// What stands where something else should.
    enum Found: Equatable {
        case text(String)
        case keyword(String)
        case string
        case embeddedC
        case placeholder
        case endOfFile
        case bytes
    }

    /// What should stand there.
    indirect enum Expectation: Equatable {
        case spelling(String)
        case identifier
        case expression
        case statement
        case number
        case string
        case literal
        case memberName
        case arrayName
        case functionOrGlobal
        case type
        case aggregate
        case direction
        case topLevel
        case macroDefinition
        case condition
        case comparison
        case equality
        case optionOperand
        case oneOf([Expectation])
    }
}

extension Token {
    /// How messages call it.
    var found: SyntaxError.Found {
        switch kind {
        case .identifier: isKeyword ? .keyword(text) : .text(text)
        case .number, .operator, .argument: .text(text)
        case .string: .string
        case .embeddedC: .embeddedC
        case .placeholder: .placeholder
        case .comment, .invalid: .bytes
        case .endOfFile: .endOfFile
        }
    }
}
