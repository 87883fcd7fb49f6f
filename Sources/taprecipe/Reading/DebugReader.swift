import DebugInfo
import Diagnostics
import Engine
import FoundationEssentials
import Glibc
import Isolation
import Resolver

/// Answers questions about debug information: from a helper process without rights, since binaries are not trusted
/// and libdw is a large program in C.
///
/// The helper answers all questions of a command. One that fails is replaced.
final class DebugReader {
    private enum Place {
        /// A helper process reads; nil where none is left.
        case helper(Helper?)
        /// This process does.
        case here(DebugWork)
    }

    private var place: Place
    /// Whether the next question is the command's only one, as far as it knows.
    ///
    /// The helper then ends while the answer is being read; a further question starts another.
    var isAskedOnce = false

    private init(_ place: Place) { self.place = place }

    /// Reads in this process.
    static func here() -> DebugReader { DebugReader(.here(DebugWork())) }

    /// Splits a helper off this process, which must have a single thread and hold nothing that is secret.
    ///
    /// - Parameter rehearsal: Questions like the one that is going to come, the shortest first. The helper answers them
    ///   to itself until that comes: a tapset is read by then, and Swift has looked up its types.
    /// - Returns: The reader.
    static func forked(rehearsing rehearsal: [DebugQuestion]) -> DebugReader {
        DebugReader(
            .helper(
                try? Helper.fork(mayHave: isELF) { limits, parent in
                    serve(limits, parent, rehearsing: rehearsal)
                }))
    }

    /// Starts a helper when the first question comes.
    static func started() -> DebugReader { DebugReader(.helper(nil)) }

    /// Works as the helper process, where the command line is one's; else returns.
    static func serve(_ arguments: [String]) {
        if let order = HelperProcess.order(in: arguments) { serve(order.limits, order.parent) }
    }

    private static func serve(
        _ limits: HelperLimits, _ parent: Int32, rehearsing rehearsal: [DebugQuestion] = []
    ) -> Never {
        HelperProcess.serve(limits: limits, parent: parent) { broker in
            let opener = FileOpener {
                broker.open($0)
            } program: {
                broker.program(ofProcess: $0).mapError { FileOpener.Refusal(code: $0.code) }
            }
            let work = DebugWork(opener: opener)
            for question in rehearsal where !broker.isAsked {
                if let message = try? DebugMessage.encode(question, known: []) { _ = work.answer(message) }
            }
            return { work.answer($0) }
        }
    }

    /// Holds a script against its programs.
    ///
    /// - Parameters:
    ///   - question: The script and what it is held against.
    ///   - text: The script, which the answer's places are to be in.
    /// - Returns: The script with its addresses or all problems, and whose debug information was missed.
    /// - Throws: Where a helper failed.
    func examine(
        _ question: ScriptQuestion, about text: SourceFile
    ) throws(DiagnosticsError) -> DebugAnswer<ResolvedScript> {
        try ask(.script(question), known: [text]) { $0.examine(question, text) }
    }

    /// What probe points stand for, as the text that is printed.
    ///
    /// - Throws: Every problem of the points, or where a helper failed.
    func list(_ question: ListingQuestion) throws(DiagnosticsError) -> String {
        try ask(.listing(question)) { $0.list(question) }.get()
    }

    /// The libraries that programs are loaded with, by path, with their builds.
    ///
    /// - Throws: Where a helper failed.
    func libraries(of paths: [String]) throws(DiagnosticsError) -> [ResolvedBinary] {
        try ask(.libraries(paths)) { $0.libraries(of: paths) }.get()
    }

    /// What an `UnwindService` answers to a question.
    ///
    /// - Throws: Where a helper failed.
    func module(_ question: [UInt8]) throws(DiagnosticsError) -> [UInt8] {
        Array(try ask(.module(Data(question))) { $0.module(Data(question)) }.get())
    }

    /// The helper's process; where none is left and one will be needed, another is started.
    func helperProcess(isNeeded: Bool) -> Int32? {
        guard case .helper(let helper) = place else { return nil }
        if let helper, helper.takesQuestions { return helper.process }
        guard isNeeded, let helper = try? Helper.start(mayHave: Self.isELF) else { return nil }
        place = .helper(helper)
        return helper.process
    }

    /// Ends the helper, which a long run has no use for; a further question starts another.
    func end() {
        if case .helper = place { place = .helper(nil) }
    }

    private func ask<Value>(
        _ question: DebugQuestion, known: [SourceFile] = [], here answer: (DebugWork) -> DebugAnswer<Value>
    ) throws(DiagnosticsError) -> DebugAnswer<Value> {
        guard case .helper = place else { return answer(work) }
        do throws(HelperFailure) {
            guard let message = try? DebugMessage.encode(question, known: []) else { throw .garbled }
            let bytes = try ask(message)
            guard let answer = try? DebugMessage.decode(DebugAnswer<Value>.self, from: bytes, known: known)
            else { throw .garbled }
            return answer
        } catch {
            end()
            guard !error.isRefusal || Surroundings.effectiveUser == 0 else {
                // Who has no rights to give up reads here, where the machine allows no such process.
                return answer(work)
            }
            throw DiagnosticsError(error.diagnostic(question.work))
        }
    }

    private func ask(_ message: [UInt8]) throws(HelperFailure) -> [UInt8] {
        if case .helper(let helper?) = place, helper.takesQuestions {
            let isFresh = helper.answers == 0
            do throws(HelperFailure) {
                return try helper.ask(message, isLast: isAskedOnce)
            } catch {
                // Earlier questions may have used up what the process may use.
                guard case .crashed = error, !isFresh else { throw error }
            }
        }
        let helper = try Helper.start(mayHave: Self.isELF)
        place = .helper(helper)
        return try helper.ask(message)
    }

    /// What reads in this process.
    private var work: DebugWork {
        if case .here(let work) = place { return work }
        let work = DebugWork()
        place = .here(work)
        return work
    }

    /// What is not ELF is not for the helper, whatever it asks for.
    private static func isELF(_ descriptor: Int32) -> Bool {
        var magic: [UInt8] = [0, 0, 0, 0]
        return pread(descriptor, &magic, 4, 0) == 4 && magic == [0x7F, 0x45, 0x4C, 0x46]
    }
}

extension DebugWork {
    /// Answers a question that came from another process; with nothing, what is none.
    fileprivate func answer(_ message: [UInt8]) -> [UInt8] {
        guard let question = try? DebugMessage.decode(DebugQuestion.self, from: message, known: []) else {
            return []
        }
        let answer: [UInt8]?
        switch question {
        case .script(let script):
            let text = script.source
            answer = try? DebugMessage.encode(examine(script, text), known: [text])
        case .listing(let listing): answer = try? DebugMessage.encode(list(listing), known: [])
        case .libraries(let paths): answer = try? DebugMessage.encode(libraries(of: paths), known: [])
        case .module(let question): answer = try? DebugMessage.encode(module(question), known: [])
        }
        return answer ?? []
    }
}

extension HelperFailure {
    /// Whether the machine does not allow the process, which has read nothing then.
    fileprivate var isRefusal: Bool {
        switch self {
        case .notStarted, .notConfined: true
        case .crashed, .outOfTime, .garbled: false
        }
    }
}
