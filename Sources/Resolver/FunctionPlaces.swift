import DebugInfo
import Diagnostics
import StapLanguage

/// What `.function("…")` or `.statement("…")` with its suffixes means in a file: of a program, a library, the kernel
/// or a module.
struct FunctionPlaces {
    private let literal: StringLiteral
    private let suffixes: ArraySlice<ProbePoint.Component>
    private let query: ProbeQuery

    /// Reads the components.
    init(
        _ literal: StringLiteral, _ component: String, _ suffixes: ArraySlice<ProbePoint.Component>
    ) throws(ProcessPoint.Failure) {
        guard let pattern = FunctionPattern(literal.text) else {
            throw .init(problem: .malformedPattern(literal.text), range: literal.range)
        }
        self.literal = literal
        self.suffixes = suffixes
        var query = ProbeQuery(pattern, place: component == "statement" ? .statement : .function)
        for suffix in suffixes {
            if case .number(let depth)? = suffix.argument, depth < 1 {
                throw .init(problem: .callDepth(depth), range: suffix.range)
            }
            Self.apply(suffix, to: &query)
        }
        self.query = query
    }

    /// The function's name or pattern.
    var name: String { query.pattern.name.text }

    /// Which places of the functions are meant.
    var variant: ProbeVariant { query.variant }

    /// How stap lists what follows the place.
    var listedSuffix: String {
        suffixes.filter { !["label", "callee", "callees"].contains($0.name.text) }
            .map { ".\(Resolution.text(of: $0))" }.joined()
    }

    /// The sites in each of the binaries.
    func sites(in binaries: [Binary]) throws(ProcessPoint.Failure) -> [[ProbeSite]] {
        var found: [[ProbeSite]] = []
        for binary in binaries {
            do throws(ProbeQueryError) { found.append(try binary.probeSites(query)) } catch {
                throw .init(problem: Self.problem(error, of: query.pattern), range: literal.range)
            }
        }
        return found
    }

    /// Why a pattern matches nothing: the label or callee, the kind of place or the file.
    ///
    /// nil where it is the name.
    func absence(in binaries: [Binary]) -> ProcessPoint.Failure? {
        let pattern = query.pattern
        var functions = query
        functions.place = .function
        functions.variant = .any
        func sites(_ query: ProbeQuery) -> [ProbeSite] {
            binaries.flatMap { (try? $0.probeSites(query)) ?? [] }
        }
        let name = pattern.name.text
        if !sites(functions).isEmpty {
            let range = suffixes.first.map { ProcessPoint.argumentRange($0) } ?? literal.range
            switch query.place {
            case .label(let label):
                functions.place = .label(Glob("*"))
                let known = Set(sites(functions).compactMap(\.label)).sorted()
                return .init(problem: .noLabel(label.text, function: name, known: known), range: range)
            case .callees(let callee, _):
                functions.place = .callees(Glob("*"), depth: 1)
                let known = Set(sites(functions).map(\.name)).sorted()
                return .init(problem: .noCallee(callee.text, function: name, known: known), range: range)
            case .statement where pattern.lines != nil:
                return .init(
                    problem: .noLines(name, file: pattern.file?.text ?? ""), range: literal.range)
            case .function, .statement: break
            }
            if query.variant != .any {
                return .init(
                    problem: .noVariant(name, variant: query.variant.rawValue), range: literal.range)
            }
        }
        if let file = pattern.file {
            functions.pattern.file = nil
            functions.pattern.lines = nil
            let files = Set(sites(functions).compactMap(\.sourceFile))
            if !files.isEmpty {
                return .init(
                    problem: .noFile(file.text, function: name, files: files.sorted()), range: literal.range)
            }
        }
        return nil
    }

    private static func apply(_ suffix: ProbePoint.Component, to query: inout ProbeQuery) {
        switch (suffix.name.text, suffix.argument) {
        case ("nearest", _): query.isNearest = true
        case ("label", .string(let name)?): query.place = .label(Glob(name.text))
        case ("callee", .string(let name)?): query.place = .callees(Glob(name.text), depth: 1)
        case ("callees", .number(let depth)?):
            query.place = .callees(Glob("*"), depth: Int(clamping: depth))
        case ("callees", _): query.place = .callees(Glob("*"), depth: 1)
        default: query.variant = ProbeVariant(rawValue: suffix.name.text) ?? query.variant
        }
    }

    static func problem(_ error: ProbeQueryError, of pattern: FunctionPattern) -> ResolverProblem {
        switch error {
        case .noLine(let line, let file, let nearest):
            .noLine(line, file: file, function: pattern.name.text, nearest: nearest)
        case .notAtStatement(let address, let start): .notAtStatement(address, start: start)
        }
    }
}
