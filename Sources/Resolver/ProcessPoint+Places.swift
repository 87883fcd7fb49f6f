import DebugInfo
import Diagnostics
import StapLanguage

/// The places of one file: functions, statements, labels, callees, addresses.
extension ProcessPoint {
    /// `.function("…")` and `.statement("…")` with what follows them.
    func functions(
        _ literal: StringLiteral, _ component: String, _ suffixes: ArraySlice<ProbePoint.Component>,
        in binary: Binary, _ program: Program
    ) throws(Failure) -> ProcessMatch {
        guard let pattern = FunctionPattern(literal.text) else {
            throw Failure(problem: .malformedPattern(literal.text), range: literal.range)
        }
        var query = ProbeQuery(pattern, place: component == "statement" ? .statement : .function)
        for suffix in suffixes { Self.apply(suffix, to: &query) }
        var debugInfoError: DebugInfoError?
        do throws(DebugInfoError) { _ = try binary.debugInfo() } catch { debugInfoError = error }
        let sites: [ProbeSite]
        do throws(ProbeQueryError) { sites = try binary.probeSites(query) } catch {
            throw Failure(problem: Self.problem(error, of: pattern), range: literal.range)
        }
        // Without DWARF, a handler that needs none may still run at a symbol.
        guard !sites.isEmpty else {
            if let debugInfoError { throw Failure(problem: .binary(debugInfoError), range: program.range) }
            throw absence(of: query, literal, suffixes, in: binary)
        }
        let listed = suffixes.filter { !["label", "callee", "callees"].contains($0.name.text) }
        return ProcessMatch(
            binary: binary, places: .sites(sites, query.variant),
            frame: .init(
                program: program.listed, component: component,
                suffix: listed.map { ".\(Resolution.text(of: $0))" }.joined()))
    }

    private static func apply(_ suffix: ProbePoint.Component, to query: inout ProbeQuery) {
        switch (suffix.name.text, suffix.argument) {
        case ("nearest", _): query.isNearest = true
        case ("label", .string(let name)?): query.place = .label(Glob(name.text))
        case ("callee", .string(let name)?): query.place = .callees(Glob(name.text), depth: 1)
        case ("callees", .number(let depth)?):
            query.place = .callees(Glob("*"), depth: Int(clamping: max(depth, 1)))
        case ("callees", _): query.place = .callees(Glob("*"), depth: 1)
        default: query.variant = ProbeVariant(rawValue: suffix.name.text) ?? query.variant
        }
    }

    /// `.function(ADDRESS)` and `.statement(ADDRESS)`.
    func address(
        _ number: Int64, _ component: ProbePoint.Component, _ suffixes: ArraySlice<ProbePoint.Component>,
        in binary: Binary, _ program: Program
    ) throws(Failure) -> ProcessMatch {
        let address = UInt64(bitPattern: number)
        let variant = suffixes.first.flatMap { ProbeVariant(rawValue: $0.name.text) } ?? .any
        do throws(DebugInfoError) { _ = try binary.debugInfo() } catch {
            throw Failure(problem: .binary(error), range: program.range)
        }
        let site: ProbeSite?
        do throws(ProbeQueryError) {
            site =
                component.name.text == "function"
                ? binary.functionSite(at: address, variant) : try binary.statementSite(at: address)
        } catch {
            throw Failure(
                problem: Self.problem(error, of: FunctionPattern(name: "*")), range: component.range)
        }
        guard let site else {
            throw Failure(problem: .noFunctionAt(address, binary: binary.path), range: component.range)
        }
        return ProcessMatch(
            binary: binary, places: .sites([site], variant),
            frame: .init(
                program: program.listed, component: component.name.text,
                suffix: suffixes.map { ".\(Resolution.text(of: $0))" }.joined(), isNumber: true))
    }

    private static func problem(_ error: ProbeQueryError, of pattern: FunctionPattern) -> ResolverProblem {
        switch error {
        case .noLine(let line, let file, let nearest):
            .noLine(line, file: file, function: pattern.name.text, nearest: nearest)
        case .notAtStatement(let address, let start): .notAtStatement(address, start: start)
        }
    }

    /// Why a pattern matches nothing: the label or callee, the kind of place, the file or the name.
    private func absence(
        of query: ProbeQuery, _ literal: StringLiteral, _ suffixes: ArraySlice<ProbePoint.Component>,
        in binary: Binary
    ) -> Failure {
        let pattern = query.pattern
        var functions = query
        functions.place = .function
        functions.variant = .any
        func sites(_ query: ProbeQuery) -> [ProbeSite] { (try? binary.probeSites(query)) ?? [] }
        let name = pattern.name.text
        if !sites(functions).isEmpty {
            let range = suffixes.first.map { Self.argumentRange($0) } ?? literal.range
            switch query.place {
            case .label(let label):
                functions.place = .label(Glob("*"))
                let known = Set(sites(functions).compactMap(\.label)).sorted()
                return Failure(problem: .noLabel(label.text, function: name, known: known), range: range)
            case .callees(let callee, _):
                functions.place = .callees(Glob("*"), depth: 1)
                let known = Set(sites(functions).map(\.name)).sorted()
                return Failure(problem: .noCallee(callee.text, function: name, known: known), range: range)
            case .statement where pattern.lines != nil:
                return Failure(
                    problem: .noLines(name, file: pattern.file?.text ?? ""), range: literal.range)
            case .function, .statement: break
            }
            if query.variant != .any {
                return Failure(
                    problem: .noVariant(name, variant: query.variant.rawValue), range: literal.range)
            }
        }
        if let file = pattern.file {
            functions.pattern.file = nil
            functions.pattern.lines = nil
            let files = Set(sites(functions).compactMap(\.sourceFile))
            if !files.isEmpty {
                return Failure(
                    problem: .noFile(file.text, function: name, files: files.sorted()), range: literal.range)
            }
        }
        return Failure(
            problem: .noFunction(name, binary: binary.path, names: store.functionNames(of: binary)),
            range: literal.range)
    }
}
