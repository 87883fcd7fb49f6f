import DebugInfo
import Diagnostics
import StapLanguage

/// The places of one file that stand in tables of it: static marks and calls of other files' functions.
extension ProcessPoint {
    /// `.plt`, `.plt("…")` and `.plt.return`.
    func linkage(
        _ component: ProbePoint.Component, _ suffixes: ArraySlice<ProbePoint.Component>,
        in binary: Binary, _ program: Program
    ) throws(Failure) -> ProcessMatch {
        let entries = binary.linkageEntries()
        var wanted = "*"
        if case .string(let literal)? = component.argument { wanted = literal.text }
        let glob = Glob(wanted)
        let found = entries.filter { glob.matches($0.name) }
        guard !found.isEmpty else {
            throw Failure(
                problem: .noLinkage(wanted, binary: binary.path, known: entries.map(\.name)),
                range: Self.argumentRange(component))
        }
        return ProcessMatch(
            binary: binary, places: .linkage(found, isReturn: !suffixes.isEmpty),
            frame: .init(
                program: program.listed, component: "plt", suffix: suffixes.isEmpty ? "" : ".return"))
    }

    /// `.mark("…")` and `.provider("…").mark("…")`; `-` stands for the `__` of a mark's name.
    func marks(
        _ name: StringLiteral, provider: StringLiteral?, in binary: Binary, _ program: Program
    ) throws(Failure) -> ProcessMatch {
        let marks = binary.marks()
        let glob = Glob(
            name.text.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "__"))
        // An empty name is any for stap.
        let providers = provider.flatMap { $0.text.isEmpty ? nil : Glob($0.text) }
        let provided = marks.filter { providers?.matches($0.provider) ?? true }
        let found = provided.filter { glob.matches($0.name) }
        guard !found.isEmpty else {
            if let provider, provided.isEmpty, !marks.isEmpty {
                let known = Set(marks.map(\.provider)).sorted()
                throw Failure(
                    problem: .noProvider(provider.text, binary: binary.path, known: known),
                    range: provider.range)
            }
            throw Failure(
                problem: .noMark(
                    name.text, binary: binary.path,
                    known: provided.map { .init(provider: $0.provider, name: $0.name) }),
                range: name.range)
        }
        return ProcessMatch(
            binary: binary, places: .marks(found),
            frame: .init(
                program: program.listed, component: provider == nil ? "mark" : "provider", suffix: ""))
    }
}
