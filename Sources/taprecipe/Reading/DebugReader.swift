import DebugInfo
import Diagnostics
import Engine
import FoundationEssentials
import Glibc
import Isolation
import Resolver

/// Gets answers about debug information: from a helper process without rights where this one has root's, since
/// binaries are not trusted and libdw is a large program in C; else here.
struct DebugReader {
    /// Whether a helper does the reading.
    var isIsolated = Surroundings.effectiveUser == 0

    /// Whether the command line is a helper's, which ``serve(_:)`` answers.
    static func isMeant(by arguments: [String]) -> Bool { HelperProcess.isMeant(by: arguments) }

    /// Works as the helper process; never returns.
    static func serve(_ arguments: [String]) -> Never {
        HelperProcess.serve(arguments) { bytes, broker in
            guard let question = try? DebugMessage.decode(DebugQuestion.self, from: bytes, known: []) else {
                return []
            }
            let text = question.text
            let answer = DebugWork(opener: FileOpener { broker.open($0) }).answer(question, about: text)
            return (try? DebugMessage.encode(answer, known: [text])) ?? []
        }
    }

    /// Holds a script against its programs.
    ///
    /// - Throws: Where a helper failed.
    func answer(_ question: DebugQuestion, about text: SourceFile? = nil) throws -> DebugAnswer {
        let text = text ?? question.text
        guard isIsolated else { return DebugWork().answer(question, about: text) }
        // What is not ELF is not for the helper, whatever it asks for.
        let helper = Helper { descriptor in
            var magic: [UInt8] = [0, 0, 0, 0]
            return pread(descriptor, &magic, 4, 0) == 4 && magic == [0x7F, 0x45, 0x4C, 0x46]
        }
        let message = try DebugMessage.encode(question, known: [])
        do throws(HelperFailure) {
            let bytes = try helper.ask(message)
            guard let answer = try? DebugMessage.decode(DebugAnswer.self, from: bytes, known: [text]) else {
                throw HelperFailure.garbled
            }
            return answer
        } catch {
            throw DiagnosticsError(error.diagnostic(question.work))
        }
    }
}

extension DebugQuestion {
    /// The script that is asked about; of other questions an empty text.
    fileprivate var text: SourceFile {
        if case .script(let script) = self { return SourceFile(name: script.name, bytes: Array(script.text)) }
        return SourceFile(name: "", bytes: [])
    }

    /// What a helper does, as a message calls it.
    fileprivate var work: String {
        switch self {
        case .script: "checking the script against its programs"
        case .listing: "listing probe points"
        case .libraries: "looking for a program's libraries"
        }
    }
}
