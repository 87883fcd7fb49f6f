public import StapLanguage

/// A tapset: the library of functions and probe aliases that comes with SystemTap (stappaths(7)).
///
/// It names its files and can read them; nothing is read before a script needs it, and then once for all copies.
public struct Tapset: Sendable {
    /// How its files are parsed: the facts of the kernel and the tapset's macros.
    public let options: ScriptParser.Options
    /// What is searched in this order: the syscall aliases are most of a tapset and few scripts use them, so their
    /// files come last.
    let tiers: [Deferred<TapsetTexts>]

    /// Creates a tapset.
    ///
    /// - Parameters:
    ///   - paths: its `.stp` files, those that are for this kernel and processor, in the order in which they are to be
    ///     searched.
    ///   - options: facts and macros; that the files are a tapset's, which may hold C code, is set here.
    ///   - read: reads one of them; nil where it cannot be read.
    public init(
        paths: [String], options: ScriptParser.Options, read: @escaping @Sendable (String) -> [UInt8]?
    ) {
        var options = options
        options.isTapset = true
        self.options = options
        let isSyscall: (String) -> Bool = { path in
            let bytes = path.utf8
            let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) }
            let name = bytes[(start ?? bytes.startIndex)...]
            return name.starts(with: "sysc".utf8) || name.starts(with: "aux_sysc".utf8)
        }
        tiers = [paths.filter { !isSyscall($0) }, paths.filter(isSyscall)].map { paths in
            Deferred { TapsetTexts(paths, read: read) }
        }
    }

    /// Reads already what the check of nearly every script asks for.
    public func prepare() { _ = tiers[0].value }
}
