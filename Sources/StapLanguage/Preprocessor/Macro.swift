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
    private let files: Deferred<[MacroFile]>

    /// The macros by name, of all files.
    public var macros: [String: Macro] {
        files.value.reduce(into: [:]) { $0.merge($1.macros.value) { first, _ in first } }
    }

    /// The folders of a tapset whose `.stpm` files stap reads, the most general first, relative to the tapset.
    ///
    /// - Parameter facts: The runtime and architecture, which have folders of their own: stappaths(7).
    /// - Returns: Relative paths, of which some may not exist.
    public static func folders(for facts: PreprocessorFacts) -> [String] {
        let runtime = facts.runtime == "kernel" ? "linux" : facts.runtime
        return ["", facts.architecture, runtime, "\(runtime)/\(facts.architecture)"]
    }

    /// A library without macros.
    public init() { files = Deferred([]) }

    /// A library whose files are read when a script first uses a macro that it does not define itself, and parsed
    /// when it uses one of theirs; a file with a mistake has no macros.
    public init(facts: PreprocessorFacts, reading read: @escaping @Sendable () -> [SourceFile]) {
        files = Deferred {
            read().map { source in
                MacroFile(
                    names: MacroFile.names(in: source.bytes),
                    macros: Deferred {
                        let (macros, diagnostics) = MacroFile.parse(source, facts: facts)
                        return diagnostics.hasErrors ? [:] : macros
                    })
            }
        }
    }

    /// Reads macro files; of two definitions of a name the first counts.
    ///
    /// - Throws: what is wrong with them.
    public init(_ sources: [SourceFile], facts: PreprocessorFacts) throws(DiagnosticsError) {
        let parsed = sources.map { MacroFile.parse($0, facts: facts) }
        try parsed.flatMap(\.diagnostics).throwIfErrors()
        files = Deferred(parsed.map { MacroFile(names: Set($0.macros.keys), macros: Deferred($0.macros)) })
    }

    /// The macro of a name.
    subscript(name: String) -> Macro? {
        for file in files.value where file.names.contains(name) {
            if let macro = file.macros.value[name] { return macro }
        }
        return nil
    }
}

/// One `.stpm` file.
private struct MacroFile {
    /// What it may define; a comment or a conditional may have names that it does not.
    let names: Set<String>
    let macros: Deferred<[String: Macro]>

    static func parse(
        _ source: SourceFile, facts: PreprocessorFacts
    ) -> (macros: [String: Macro], diagnostics: [Diagnostic]) {
        var preprocessor = Preprocessor(source, facts: facts, library: MacroLibrary())
        let leftover = preprocessor.run().first { $0.kind != .endOfFile }
        var diagnostics = preprocessor.diagnostics
        if let leftover {
            diagnostics.append(
                SyntaxError.unexpected(leftover.found, expected: .macroDefinition).diagnostic(
                    at: leftover.site))
        }
        return (preprocessor.macros, diagnostics)
    }

    /// The names that follow `@define`; a tapset has nothing but blanks between the two.
    static func names(in bytes: [UInt8]) -> Set<String> {
        let keyword = Array("@define".utf8)
        var names: Set<String> = []
        var rest = bytes[...]
        while let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            rest = rest[at...]
            guard rest.starts(with: keyword) else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(keyword.count).drop { $0 <= UInt8(ascii: " ") }
            names.insert(String(decoding: rest.prefix { isNamePart($0) }, as: UTF8.self))
        }
        return names
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
