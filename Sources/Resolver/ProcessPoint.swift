import DebugInfo
import Diagnostics
import StapLanguage

/// A probe point that begins with `process` (stapprobes(3stap), DWARF and user-space probes).
struct ProcessPoint {
    /// What it stands for.
    enum Result {
        /// Addresses of a binary.
        case sites([ProbeSite], in: Binary, isReturn: Bool)
        /// It was not looked into, for a reason; what is known for its handler.
        case unchecked(UncheckedPoint.Reason, HandlerCheck.Mode)
        /// It is not there.
        case failed(ResolverProblem, at: SourceRange)
    }

    private let point: ProbePoint
    private let store: BinaryStore
    private let context: ResolverContext

    /// What may follow `process(…)`.
    private static let components = [
        "function", "statement", "library", "plt", "mark", "provider", "begin", "end", "thread", "syscall",
        "insn", "itrace", "label",
    ]
    private static let variants = ["call", "return", "inline", "exported"]

    init(_ point: ProbePoint, _ store: BinaryStore, _ context: ResolverContext) {
        self.point = point
        self.store = store
        self.context = context
    }

    func resolve() -> Result {
        let process = point.components[0]
        var rest = point.components.dropFirst()
        if point.components.contains(where: { $0.name.text.contains("*") }) {
            return .unchecked(.pattern, .unknown)
        }
        guard let first = rest.first else {
            return .failed(.unknownComponent("", known: Self.components), at: point.range)
        }
        guard Self.components.contains(first.name.text) else {
            return .failed(.unknownComponent(first.name.text, known: Self.components), at: first.name.range)
        }
        let isLifeCycle = ["begin", "end", "thread"].contains(first.name.text)
        let lifeCycle = Result.unchecked(
            .kind(first.name.text), .noVariables("process.\(first.name.text)"))
        let name: String
        switch process.argument {
        case .string(let literal)?: name = literal.text
        case .number?: return isLifeCycle ? lifeCycle : .unchecked(.programUnknown, .unknown)
        case nil:
            guard let target = context.targetBinary else {
                return isLifeCycle ? lifeCycle : .unchecked(.programUnknown, .unknown)
            }
            name = target
        }
        if isLifeCycle, name.utf8.contains(where: { "*?[".utf8.contains($0) }) { return lifeCycle }
        if name.utf8.contains(where: { "*?[".utf8.contains($0) }) { return .unchecked(.pattern, .unknown) }
        var path = store.path(for: name)
        var place = Self.argumentRange(process)
        if isLifeCycle {
            // stap lets a program pass that is not there, and the probe never fires.
            if let problem = store.problem(at: path) { return .failed(.binary(problem), at: place) }
            return lifeCycle
        }
        if first.name.text == "library", case .string(let library)? = first.argument {
            switch self.library(library, of: path, at: place) {
            case .found(let file): path = file
            case .absent(let result): return result
            }
            place = library.range
            rest = rest.dropFirst()
        }
        return resolve(rest, in: path, at: place)
    }

    /// The file of a `.library("…")`, or why there is none.
    private enum LibraryFile {
        case found(String)
        case absent(Result)
    }

    private func library(
        _ library: StringLiteral, of path: String, at place: SourceRange
    ) -> LibraryFile {
        do throws(DebugInfoError) {
            let binary = try store.binary(at: path)
            let loaded = binary.loadedLibraries()
            let glob = Glob(library.text)
            let found = loaded.first {
                glob.matches($0.name)
                    || $0.path.map { FunctionPattern(name: "*", file: library.text).matchesFile($0) } == true
            }
            guard let found else {
                let problem = ResolverProblem.noLibrary(
                    library.text, binary: path, known: loaded.map(\.name))
                return .absent(.failed(problem, at: library.range))
            }
            guard let file = found.path else {
                return .absent(.failed(.binary(.notFound(path: found.name)), at: library.range))
            }
            return .found(file)
        } catch {
            return .absent(.failed(.binary(error), at: place))
        }
    }

    private func resolve(
        _ rest: ArraySlice<ProbePoint.Component>, in path: String, at place: SourceRange
    ) -> Result {
        let binary: Binary
        do throws(DebugInfoError) { binary = try store.binary(at: path) } catch {
            return .failed(.binary(error), at: place)
        }
        guard let kind = rest.first else { return .unchecked(.kind("library"), .unknown) }
        switch kind.name.text {
        case "function", "statement":
            guard case .string(let literal)? = kind.argument else {
                return .unchecked(.kind(kind.name.text), .unknown)
            }
            return functions(literal, kind.name.text, rest.dropFirst(), in: binary, at: place)
        default: return .unchecked(.kind(kind.name.text), .unknown)
        }
    }

    private func functions(
        _ literal: StringLiteral, _ kind: String, _ suffixes: ArraySlice<ProbePoint.Component>,
        in binary: Binary, at place: SourceRange
    ) -> Result {
        guard var pattern = FunctionPattern(literal.text) else {
            return .failed(.malformedPattern(literal.text), at: literal.range)
        }
        let suffix = suffixes.first
        if let suffix, !Self.variants.contains(suffix.name.text), kind == "function",
            !["callee", "callees", "label", "maxactive"].contains(suffix.name.text)
        {
            return .failed(.unknownComponent(suffix.name.text, known: Self.variants), at: suffix.name.range)
        }
        let variant = suffix.flatMap { ProbeVariant(rawValue: $0.name.text) } ?? .any
        var debugInfoError: DebugInfoError?
        do throws(DebugInfoError) { _ = try binary.debugInfo() } catch { debugInfoError = error }
        // stap takes any line of a named function's file for the function.
        if !pattern.name.isPattern || kind == "statement" { pattern.lines = nil }
        let sites = binary.probeSites(matching: pattern, variant)
        if sites.isEmpty {
            if let debugInfoError { return .failed(.binary(debugInfoError), at: place) }
            return .failed(absence(of: pattern, variant, in: binary), at: literal.range)
        }
        if kind == "statement" { return .unchecked(.variablesAtStatement, .unknown) }
        if let suffix, !Self.variants.contains(suffix.name.text) {
            return .unchecked(.kind(suffix.name.text), .unknown)
        }
        // Without DWARF, a handler that needs none may still run at a symbol.
        return .sites(sites, in: binary, isReturn: variant == .return)
    }

    /// Why a pattern matches nothing: the kind of place, the file or the name.
    private func absence(
        of pattern: FunctionPattern, _ variant: ProbeVariant, in binary: Binary
    ) -> ResolverProblem {
        var wider = pattern
        if variant != .any, !binary.probeSites(matching: pattern, .any).isEmpty {
            return .noVariant(pattern.name.text, variant: variant.rawValue)
        }
        wider.file = nil
        wider.lines = nil
        if let file = pattern.file {
            let files = Set(binary.probeSites(matching: wider, .any).compactMap(\.sourceFile))
            if !files.isEmpty {
                return .noFile(file.text, function: pattern.name.text, files: files.sorted())
            }
        }
        return .noFunction(
            pattern.name.text, binary: binary.path, names: store.functionNames(of: binary))
    }

    private static func argumentRange(_ component: ProbePoint.Component) -> SourceRange {
        if case .string(let literal)? = component.argument { literal.range } else { component.range }
    }
}
