import DebugInfo
import Diagnostics
import StapLanguage

/// What `.function(ADDRESS)` or `.statement(ADDRESS)` means in a file: of a program, a library, the kernel or a
/// module.
struct AddressPlaces {
    let address: UInt64
    /// `function(…)` or `statement(…)`.
    let component: ProbePoint.Component
    /// Which place of the function is meant.
    let variant: ProbeVariant

    /// Reads the components; nil where the first of them has no number.
    init?(_ component: ProbePoint.Component, _ suffixes: ArraySlice<ProbePoint.Component>) {
        guard let number = KernelPoint.number(component) else { return nil }
        address = UInt64(bitPattern: number)
        self.component = component
        variant = suffixes.first.flatMap { ProbeVariant(rawValue: $0.name.text) } ?? .any
    }

    /// The site in a file.
    ///
    /// - Throws: Where the file has no DWARF, or no code that the address may mean; `place` is what names the file.
    func site(in binary: Binary, namedAt place: SourceRange) throws(ProcessPoint.Failure) -> ProbeSite {
        do throws(DebugInfoError) { _ = try binary.debugInfo() } catch {
            throw .init(problem: .binary(error), range: place)
        }
        let site: ProbeSite?
        do throws(ProbeQueryError) {
            site =
                component.name.text == "function"
                ? binary.functionSite(at: address, variant) : try binary.statementSite(at: address)
        } catch {
            throw .init(
                problem: FunctionPlaces.problem(error, of: FunctionPattern(name: "*")), range: component.range
            )
        }
        guard let site else {
            throw .init(problem: .noFunctionAt(address, binary: binary.path), range: component.range)
        }
        return site
    }
}
