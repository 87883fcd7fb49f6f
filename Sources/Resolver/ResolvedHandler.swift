public import Diagnostics

/// What runs at a point or event, and what its place decides.
public struct ResolvedHandler: Sendable, Equatable, Codable {
    /// A `@defined(…)`.
    public struct Definition: Sendable, Equatable, Codable {
        /// Its operand's place in the script.
        public var range: SourceRange
        /// Whether everything in it can be had there.
        public var isDefined: Bool
    }

    /// The blocks in the order in which they run, those of aliases too.
    public var bodies: [SourceRange]
    /// The point's `if (…)`.
    public var condition: SourceRange?
    /// The `@defined` that were met, each once.
    public var definitions: [Definition]
}
