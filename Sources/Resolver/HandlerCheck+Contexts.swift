import DebugInfo
import Diagnostics

/// `$$vars`, `$$parms`, `$$locals` and `$$return` in the probes of a program's code.
extension HandlerCheck {
    /// The text that one stands for, as stap makes it: `NAME=VALUE` for each, a blank between two.
    ///
    /// - Parameters:
    ///   - name: without the first `$`.
    ///   - depth: how deep values are shown; nil prints numbers alone.
    ///   - site: the probed place.
    ///   - binary: the program.
    ///   - range: where the script asks for it.
    /// - Returns: the pieces.
    static func context(
        _ name: String, depth: Int?, _ site: ProbeSite, in binary: Binary, at range: SourceRange
    ) -> [TextPiece] {
        if name == "$return" {
            guard let type = site.returnType else { return [] }
            return [.literal("return=")] + value(of: type, .returnValue, depth: depth, at: range)
        }
        let kinds: [Variable.Kind] =
            switch name {
            case "$parms": [.parameter]
            case "$locals": [.local]
            default: [.parameter, .local]
            }
        var pieces: [TextPiece] = []
        for variable in site.innermostVariables where kinds.contains(variable.kind) {
            pieces.append(.literal("\(pieces.isEmpty ? "" : " ")\(variable.name)="))
            let start: TypedLoad.Start? =
                switch variable.availability {
                case .available(let location) where !location.isKnownOnlyToCallers:
                    .location(site.withoutFrame(location) ?? location)
                case .constant(let value?): .constant(value)
                default: nil
                }
            pieces += value(of: variable.type, start, depth: depth, at: range)
        }
        return pieces
    }

    /// A variable's value; a question mark where nobody can read it.
    private static func value(
        of type: DWARFType?, _ start: TypedLoad.Start?, depth: Int?, at range: SourceRange
    ) -> [TextPiece] {
        if let depth {
            guard let start else { return [.literal("?")] }
            var print = PrettyPrint(from: start, at: range, depth: depth)
            print.show(type, TypePath.Way())
            return [.guarded(print.pieces)]
        }
        guard let type = type?.unqualified else { return [.literal("?")] }
        if type.isAggregate { return [.literal("{...}")] }
        if type.kind == .array { return [.literal("[...]")] }
        let value = TypePath.value(of: type, nil)
        guard let start, value.isReadable else { return [.literal("?")] }
        let load = TypedLoad(
            start: start, steps: [], value: value, typeName: type.description, range: range)
        return [.value(load, .hexadecimal)]
    }
}
