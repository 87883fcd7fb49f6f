public import Lowering

/// Where the values lie that functions save at their entry for their return probes: an element of
/// ``RuntimeMaps/entries``.
public struct EntryLayout: Sendable {
    /// Bytes of an element.
    public let size: Int
    private let textSize: Int

    /// The layout for a script.
    ///
    /// - Parameters:
    ///   - program: The script.
    ///   - maximumStringLength: MAXSTRINGLEN.
    public init(_ program: Program, maximumStringLength: Int) {
        let textSize = ScratchLayout.textSize(capacity: maximumStringLength - 1)
        self.textSize = textSize
        size = program.handlers.reduce(RuntimeMaps.maximumEntryValues * 8) {
            max($0, Self.size(of: $1.entries[...], textSize))
        }
    }

    /// How many functions may be under way at a time: fewer where texts are saved, which are large.
    public var capacity: Int { max(16384 * RuntimeMaps.maximumEntryValues * 8 / size, 1024) }

    /// Where the value of an `@entry` lies, among those of its handler.
    func offset(of index: Int, among entries: [Term]) -> Int {
        Self.size(of: entries[..<index], textSize)
    }

    private static func size(of entries: ArraySlice<Term>, _ textSize: Int) -> Int {
        entries.reduce(0) { $0 + ($1.type == .text ? textSize : 8) }
    }
}
