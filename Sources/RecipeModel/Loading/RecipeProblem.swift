import Diagnostics
import Glibc

/// What can be wrong with a recipe; `RecipeMessages` says it in words.
enum RecipeProblem {
    // The file.
    case cannotRead(String, errno: Int32)
    case notARegularFile(String, mode: mode_t)
    case fileTooLarge(String, limit: Int)
    case notUTF8
    case loneCarriageReturn
    case controlCharacter(UInt32)

    // YAML.
    case syntax(YAMLSyntaxError)
    case emptyFile
    case multipleDocuments
    case tooDeep(limit: Int)
    case tooManyNodes(limit: Int)
    case keyIsNotText(YAMLKind)
    case duplicateKey(String, first: SourceRange)
    case unknownAnchor(String, known: [String])
    case recursiveAlias(String)
    case tag(String)

    // Any key.
    case unknownKey(String, owner: String, known: [String])
    case mergeKey
    case missingKey(String, owner: String)
    case wrongKind(String, expected: String, found: YAMLKind)
    case notText(String, found: YAMLKind, written: String?)
    case notAnInteger(String, found: YAMLKind, written: String?)
    case notABoolean(String, found: YAMLKind, written: String?)
    case emptyText(String)
    case emptyList(String)
    case notOneLine(String)
    case outOfRange(String, written: String, ClosedRange<Int64>)
    case badName(String, String)
    case value(String, ValueProblem, written: String)

    // The top level.
    /// It has `steps`, so that it is no recipe.
    case runbook
    /// It has `script` or `extends`, and no `steps`, so that it is no runbook.
    case recipe(key: String)
    case nameIsNotFileName(String, file: String)
    case badBuffer(String)
    case scriptIsNotLiteral(YAMLKind)

    // Parameters.
    case reservedParameter(String)
    case unknownType(String, known: [String])
    case keyOfOtherType(String, type: String, types: [String])
    case keyOfWholeParameter(String, owner: String)
    case requiredWithDefault(String)
    case minimumAboveMaximum(Int64, Int64)
    case duplicateChoice(String)
    case itemsNeedMapping(String)
    case listOfLists

    // Records and summary.
    case pattern(RecordPatternError, of: String)
    case recordIsCalledStack
    case unknownRecord(String, known: [String])
    case duplicateFollower(String, of: String)
    case followerCycle([String])
    case unknownField(String, record: String, known: [String])
    case column(ColumnText.Problem, written: String)
    case columnIsNotGrouped(String, groups: [String])
    case aggregateOfText(String, field: String)
    case countsText(String)
    case aggregateOfStack(String)

    // Runbooks.
    case unknownVariable(String, known: [String])
    case unclosedVariable
    case variablesTooLarge(limit: Int)
    case duplicateStep(String, first: SourceRange)
    case notOneTarget(String, known: [String])
    case badCondition(String)
    /// `isLater`: it is there, but not before the step that names it.
    case unknownStep(String, known: [String], isLater: Bool)

    // Tests.
    case duplicateTest(String, first: SourceRange)
    case testOfNothing(String)
    case outputWithoutExpectations(String, missing: String)
    case badScriptFile(String)
    case unknownTitle(String, of: String, known: [String])
    case wrongCellCount(Int, columns: [String])
    case badCell(YAMLKind)
    case stackIsNotText(column: String)
    case stackIsText(column: String)

    // Extending another recipe.
    case noBase(String, known: [String])
    case unreadableBase(String)
    case baseIsNoRecipe(String)
    case extendsCircle([String], from: SourceRange?)
    case extendsTooDeep(limit: Int)

    // Formatting.
    case notFormatted(FormattingObstacle)
}

/// Why a file is left as it is.
enum FormattingObstacle {
    /// It is written in a way that has no form of ours.
    case flow
    /// What it would become could not be shown to mean the same.
    case unproven
}
