import DebugInfo
import Diagnostics
import StapLanguage

/// From `process("…")` and `.library("…")` to files.
extension ProcessPoint {
    /// Why a point is not there, and at which part of it that shows.
    struct Failure: Error {
        var problem: ResolverProblem
        var range: SourceRange
    }

    /// A file to look into.
    struct Program {
        var path: String
        /// How stap lists the point up to here.
        var listed: String
        /// What the point asks of the file.
        var rest: ArraySlice<ProbePoint.Component>
        /// The part of the point that names the file.
        var range: SourceRange
        /// The script whose interpreter the file is.
        var script: String?
    }

    /// The files that the point means; nil where a process does not say what it runs.
    func programs() throws(Failure) -> [Program]? {
        let process = point.components[0]
        let rest = point.components.dropFirst()
        let range = Self.argumentRange(process)
        let paths: [String]
        switch process.argument {
        case .number(let id)?:
            switch ProgramFile.running(asProcess: id, context.opener) {
            case .program(let path): paths = [path]
            case .noProcess: throw Failure(problem: .noProcess(id), range: range)
            case .unknown: return nil
            }
        case .string(let literal)? where Self.isPattern(literal.text):
            paths = ProgramFile.matching(absolute(literal.text))
            guard !paths.isEmpty else { throw Failure(problem: .noProgram(literal.text), range: range) }
        case .string(let literal)?:
            paths = [store.path(for: literal.text)]
        case nil:
            guard let target = context.targetBinary else { throw Failure(problem: .noTarget, range: range) }
            paths = [store.path(for: target)]
        }
        let files = paths.map { followed($0) }
        guard rest.first?.name.text == "library", case .string(let library)? = rest.first?.argument else {
            return zip(paths, files).map { path, file in
                Program(
                    path: file, listed: Self.listed(file), rest: rest, range: range,
                    script: file == path ? nil : path)
            }
        }
        var found: [Program] = []
        var first: Failure?
        for path in files {
            do throws(Failure) {
                for file in try libraries(library, of: path, at: range) {
                    found.append(
                        Program(
                            path: file, listed: "\(Self.listed(path)).library(\"\(file)\")",
                            rest: rest.dropFirst(), range: library.range))
                }
            } catch {
                first = first ?? error
            }
        }
        if found.isEmpty, let first { throw first }
        return found
    }

    /// The libraries of a program that a name or pattern means: the end of the path, or the name that is linked.
    private func libraries(
        _ library: StringLiteral, of path: String, at place: SourceRange
    ) throws(Failure) -> [String] {
        let loaded: [NeededLibrary]
        do throws(DebugInfoError) { loaded = try store.binary(at: path).loadedLibraries() } catch {
            throw Failure(problem: .binary(error), range: place)
        }
        let glob = Glob("*" + library.text)
        let matching = loaded.filter { candidate in
            glob.matches(candidate.name) || candidate.path.map { glob.matches($0) } ?? false
        }
        let files = matching.compactMap(\.path)
        if !files.isEmpty { return files }
        if let missing = matching.first {
            throw Failure(problem: .binary(.notFound(path: missing.name)), range: library.range)
        }
        // One that the program loads by itself (dlopen) is named by its path.
        let file = absolute(library.text)
        let others = Self.isPattern(file) ? ProgramFile.matching(file) : [ProgramFile.canonical(file)]
        let usable = others.filter { store.problem(at: $0) == nil }
        guard library.text.contains("/"), !usable.isEmpty else {
            let problem = ResolverProblem.noLibrary(library.text, binary: path, known: loaded.map(\.name))
            throw Failure(problem: problem, range: library.range)
        }
        return usable
    }

    /// The interpreter, where a program is a script.
    private func followed(_ path: String) -> String {
        guard case .notELF(_, isScript: true)? = store.problem(at: path),
            let interpreter = ProgramFile.interpreter(of: path)
        else { return path }
        let program = store.path(for: interpreter)
        return ProgramFile.isExecutable(program) ? program : path
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") || context.workingDirectory == "." ? path : "\(context.workingDirectory)/\(path)"
    }

    private static func listed(_ path: String) -> String { "process(\"\(ProgramFile.canonical(path))\")" }

    static func argumentRange(_ component: ProbePoint.Component) -> SourceRange {
        if case .string(let literal)? = component.argument { literal.range } else { component.range }
    }
}
