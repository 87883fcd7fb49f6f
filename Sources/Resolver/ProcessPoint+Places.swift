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
        let places = try FunctionPlaces(literal, component, suffixes)
        let sites = try places.sites(in: [binary])[0]
        guard !sites.isEmpty else {
            // Without DWARF, a handler that needs none may still run at a symbol.
            do throws(DebugInfoError) { _ = try binary.debugInfo() } catch {
                throw Failure(problem: .binary(error), range: program.range)
            }
            throw places.absence(in: [binary])
                ?? Failure(
                    problem: .noFunction(
                        places.name, binary: binary.path, names: store.functionNames(of: binary)),
                    range: literal.range)
        }
        let listed = suffixes.filter { !["label", "callee", "callees"].contains($0.name.text) }
        return ProcessMatch(
            binary: binary, places: .sites(sites, places.variant),
            frame: .init(
                program: program.listed, component: component,
                suffix: listed.map { ".\(Resolution.text(of: $0))" }.joined()))
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
                problem: FunctionPlaces.problem(error, of: FunctionPattern(name: "*")), range: component.range
            )
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
}
