import Diagnostics
import Lowering

/// Why a handler ends before its last statement.
enum Stop: Error {
    /// An error, and where.
    case failed(RuntimeError, SourceRange)
    /// `abort()`, which nothing catches.
    case aborted

    /// Whether `catch` stops it: no abort, nothing that the engine lacks, and not for want of actions.
    func isCaught(by machine: Machine) -> Bool {
        guard case .failed(let failure, _) = self, machine.actionsLeft > 0 else { return false }
        if case .missing = failure { return false }
        return true
    }
}

/// The state of one interpreter while a handler runs.
///
/// Locals are in two stacks, one a type; a scope's code knows its slots behind the two bases.
final class Machine {
    let store: any GlobalStore
    let limits: RuntimeLimits
    let nestingLimit: Int
    var context: any EventContext
    var output: [UInt8] = []
    var warnings: [[UInt8]] = []
    var wantsExit = false

    var integers: [Int64] = []
    var texts: [[UInt8]] = []
    var integerBase = 0
    var textBase = 0
    var actionsLeft = 0
    var nesting = 0
    var resultInteger: Int64 = 0
    var resultText: [UInt8] = []

    /// What `tokenize` has not given yet; nil where it has given all.
    ///
    /// It lives on between handlers, as in stap.
    var unreadTokens: ArraySlice<UInt8>?
    var lastMatch = LastMatch()
    var indentation = Indentation()
    var randomSeed: UInt64

    init(
        store: any GlobalStore, limits: RuntimeLimits, nestingLimit: Int, context: any EventContext,
        randomSeed: UInt64
    ) {
        self.store = store
        self.limits = limits
        self.nestingLimit = nestingLimit
        self.context = context
        self.randomSeed = randomSeed
    }

    /// A place of the stacks to which an error that is caught goes back.
    struct Mark {
        fileprivate let integers: Int
        fileprivate let texts: Int
        fileprivate let integerBase: Int
        fileprivate let textBase: Int
        fileprivate let nesting: Int
    }

    var mark: Mark {
        Mark(
            integers: integers.count, texts: texts.count, integerBase: integerBase, textBase: textBase,
            nesting: nesting)
    }

    func goBack(to mark: Mark) {
        integers.removeLast(integers.count - mark.integers)
        texts.removeLast(texts.count - mark.texts)
        integerBase = mark.integerBase
        textBase = mark.textBase
        nesting = mark.nesting
    }

    /// Opens a scope whose locals are 0 and empty.
    func enter(integers integerCount: Int, texts textCount: Int) {
        integerBase = integers.count
        textBase = texts.count
        for _ in 0..<integerCount { integers.append(0) }
        for _ in 0..<textCount { texts.append([]) }
    }

    /// Counts statements against MAXACTION.
    func charge(_ count: Int, at range: SourceRange) throws(Stop) {
        actionsLeft -= count
        if actionsLeft <= 0 { throw .failed(.actionsExceeded, range) }
    }

    /// Does something that the store or the event may refuse.
    func located<Result>(
        _ range: SourceRange, _ work: () throws(RuntimeError) -> Result
    ) throws(Stop) -> Result {
        do {
            return try work()
        } catch {
            throw .failed(error, range)
        }
    }

    /// The same where nothing comes of it.
    func perform(at range: SourceRange, _ work: () throws(RuntimeError) -> Void) throws(Stop) {
        do {
            try work()
        } catch {
            throw .failed(error, range)
        }
    }

    /// A string as a variable keeps it: cut at MAXSTRINGLEN and at the first zero.
    func kept(_ text: [UInt8]) -> [UInt8] {
        if let zero = text.firstIndex(of: 0) { return Array(text[..<min(zero, limits.longestString)]) }
        return text.count > limits.longestString ? Array(text.prefix(limits.longestString)) : text
    }
}
