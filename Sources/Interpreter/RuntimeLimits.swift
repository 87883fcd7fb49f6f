/// What a script may use at run time: stap(1), SAFETY AND SECURITY.
///
/// The defaults are stap 4.8's on 64-bit machines.
public struct RuntimeLimits: Sendable, Equatable {
    /// MAXSTRINGLEN: the bytes of a string with the zero behind it.
    public var stringLength = 512
    /// MAXACTION: the statements of one run of a handler.
    public var actions = 1000
    /// MAXACTION_INTERRUPTIBLE: those of a begin, end or error handler; nil is ten times ``actions``.
    public var interruptibleActions: Int?
    /// MAXMAPENTRIES: the elements of an array that gives no size.
    public var mapEntries = 2048
    /// MAXERRORS: how many errors the session survives.
    public var errors = 0
    /// MAXNESTING: how deep functions call each other; nil is what the script needs, and ten more where it recurses.
    public var nesting: Int?

    /// stap's defaults.
    public init() {}

    /// The longest string, in bytes.
    public var longestString: Int { max(stringLength, 1) - 1 }

    /// The most bytes that one `printf` prints: the size of stap's print buffer.
    public static let printBuffer = 8192
}
