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
                        places.name, binary: binary.path, names: store.functionNames(of: binary),
                        split: binary.splitDebugFile(ofFunctions: Glob(places.name))),
                    range: literal.range)
        }
        return ProcessMatch(
            binary: binary, places: .sites(sites, places.variant),
            frame: .init(program: program.listed, component: component, suffix: places.listedSuffix))
    }

    /// `.function(ADDRESS)` and `.statement(ADDRESS)`.
    func address(
        _ places: AddressPlaces, _ suffixes: ArraySlice<ProbePoint.Component>, in binary: Binary,
        _ program: Program
    ) throws(Failure) -> ProcessMatch {
        let site = try places.site(in: binary, namedAt: program.range)
        return ProcessMatch(
            binary: binary, places: .sites([site], places.variant),
            frame: .init(
                program: program.listed, component: places.component.name.text,
                suffix: suffixes.map { ".\(Resolution.text(of: $0))" }.joined(), isNumber: true))
    }
}
