public import StapLanguage

/// A tapset: the library of functions and probe aliases that comes with SystemTap (stappaths(7)).
///
/// It names its files and can read them; nothing is read before a script needs it.
public struct Tapset: Sendable {
    /// The paths of its `.stp` files, those that are for this kernel and processor.
    public var paths: [String]
    /// How its files are parsed: the facts of the kernel and the tapset's macros.
    public var options: ScriptParser.Options
    /// Reads a file; nil where it cannot be read.
    public var read: @Sendable (String) -> [UInt8]?

    /// Creates a tapset.
    ///
    /// - Parameters:
    ///   - paths: its files, in the order in which they are to be searched.
    ///   - options: facts and macros; that the files are a tapset's, which may hold C code, is set here.
    ///   - read: reads one of them.
    public init(
        paths: [String], options: ScriptParser.Options, read: @escaping @Sendable (String) -> [UInt8]?
    ) {
        self.paths = paths
        self.options = options
        self.options.isTapset = true
        self.read = read
    }
}
