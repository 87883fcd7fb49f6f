public import Diagnostics

/// A macro of `@define`.
public struct Macro: Sendable {
    /// Its name, without `@`.
    public var name: String
    /// Its parameters; none means that it is called without parentheses.
    public var parameters: [String]
    /// The tokens between `%(` and `%)`.
    public var body: [Token]
    /// Where its name stands.
    public var range: SourceRange
}

/// The macros that every script sees: those of a tapset's `.stpm` files.
public struct MacroLibrary: Sendable {
    /// The macros by name.
    public internal(set) var macros: [String: Macro] = [:]

    /// The folders of a tapset whose `.stpm` files stap reads, the most general first, relative to the tapset.
    ///
    /// - Parameter facts: The runtime and architecture, which have folders of their own: stappaths(7).
    /// - Returns: Relative paths, of which some may not exist.
    public static func folders(for facts: PreprocessorFacts) -> [String] {
        let runtime = facts.runtime == "kernel" ? "linux" : facts.runtime
        return ["", facts.architecture, runtime, "\(runtime)/\(facts.architecture)"]
    }

    /// A library without macros.
    public init() {}

    /// Reads macro files; of two definitions of a name the first counts.
    ///
    /// - Throws: what is wrong with them.
    public init(_ sources: [SourceFile], facts: PreprocessorFacts) throws(DiagnosticsError) {
        var diagnostics: [Diagnostic] = []
        for source in sources {
            var preprocessor = Preprocessor(source, facts: facts, library: MacroLibrary())
            let leftover = preprocessor.run().first { $0.kind != .endOfFile }
            diagnostics += preprocessor.diagnostics
            if let leftover {
                diagnostics.append(
                    SyntaxError.unexpected(leftover.found, expected: .macroDefinition).diagnostic(
                        at: leftover.site))
            }
            macros.merge(preprocessor.macros) { first, _ in first }
        }
        try diagnostics.throwIfErrors()
    }
}
