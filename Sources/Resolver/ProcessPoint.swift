import DebugInfo
import Diagnostics
import StapLanguage

/// A probe point that begins with `process` (stapprobes(3stap), DWARF and user-space probes).
struct ProcessPoint {
    /// What it stands for.
    enum Result {
        /// Places, binary by binary.
        case matches([ProcessMatch])
        /// It was not looked into, for a reason; what is known for its handler.
        case unchecked(UncheckedPoint.Reason, HandlerCheck.Mode)
        /// It is not there.
        case failed(ResolverProblem, at: SourceRange)
    }

    let point: ProbePoint
    let store: BinaryStore
    let context: ResolverContext

    /// The components of what happens to processes.
    private static let events: Set<String> = ["begin", "end", "thread", "syscall"]

    init(_ point: ProbePoint, _ store: BinaryStore, _ context: ResolverContext) {
        self.point = point
        self.store = store
        self.context = context
    }

    func resolve() -> Result {
        switch PointFormMatch(point: point).result() {
        case .whole: break
        case .pattern, .open:
            return .failed(.form(.noPointOfPattern(Resolution.text(of: point))), at: point.range)
        case .failed(let problem, let range): return .failed(.form(problem), at: range)
        }
        if Self.events.contains(point.components[1].name.text) { return event() }
        do throws(Failure) {
            guard let programs = try programs() else { return .unchecked(.programUnknown, .unknown) }
            return try resolve(in: programs)
        } catch {
            return .failed(error.problem, at: error.range)
        }
    }

    /// What happens to a process needs no debug information, and the program need not be known.
    private func event() -> Result {
        let process = point.components[0]
        let name = point.components.dropFirst().map(\.name.text).joined(separator: ".")
        let processes: ResolvedEvent.Processes
        var problem: DebugInfoError?
        switch process.argument {
        case .number(let id)?:
            guard ProgramFile.running(asProcess: id, context.opener) != .noProcess else {
                return .failed(.noProcess(id), at: process.range)
            }
            processes = .id(id)
        case .string(let literal)? where literal.text.isEmpty:
            return .failed(.noProgram(literal.text), at: literal.range)
        case .string(let literal)? where !Self.isPattern(literal.text):
            let path = store.path(for: literal.text)
            problem = store.problem(at: path)
            processes = .program(ProgramFile.canonical(path))
        case .string(let literal)?: processes = .pattern(literal.text)
        case nil: processes = .all
        }
        let frame = ProcessMatch.Frame(program: processes.text, component: name, suffix: "")
        return .matches([
            ProcessMatch(binary: nil, places: .event(name, of: processes), frame: frame, problem: problem)
        ])
    }

    /// Looks into every program; where a pattern means several, those without such a place are passed over.
    private func resolve(in programs: [Program]) throws(Failure) -> Result {
        var matches: [ProcessMatch] = []
        var first: Failure?
        for program in programs {
            do throws(Failure) {
                if let match = try resolve(in: program) { matches.append(match) }
            } catch {
                // Whoever named a script hardly meant its shell.
                let problem = program.script.flatMap { store.problem(at: $0) }
                first = first ?? problem.map { Failure(problem: .binary($0), range: program.range) } ?? error
            }
        }
        if matches.isEmpty, let first { throw first }
        return .matches(matches)
    }

    private func resolve(in program: Program) throws(Failure) -> ProcessMatch? {
        let binary: Binary
        do throws(DebugInfoError) { binary = try store.binary(at: program.path) } catch {
            throw Failure(problem: .binary(error), range: program.range)
        }
        guard let kind = program.rest.first else { return nil }
        let suffixes = program.rest.dropFirst()
        switch (kind.name.text, kind.argument) {
        case ("function", .string(let text)?), ("statement", .string(let text)?):
            return try functions(text, kind.name.text, suffixes, in: binary, program)
        case ("function", .number?), ("statement", .number?):
            return try AddressPlaces(kind, suffixes).map { places throws(Failure) in
                try address(places, suffixes, in: binary, program)
            }
        case ("plt", _): return try linkage(kind, suffixes, in: binary, program)
        case ("mark", .string(let name)?): return try marks(name, provider: nil, in: binary, program)
        case ("provider", .string(let provider)?):
            guard case .string(let name)? = suffixes.first?.argument else { return nil }
            return try marks(name, provider: provider, in: binary, program)
        default: return nil
        }
    }

    static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }
}
