/// Collects names for suggestions, up to a size that no sound program's come near.
///
/// All names of a damaged file can share one string's end, and then be far larger together than the file.
struct NameSet {
    private(set) var names: Set<String> = []
    private var room = 256 << 20

    mutating func insert(_ name: String) {
        guard room > 0, names.insert(name).inserted else { return }
        room -= name.utf8.count + 64
    }

    var sorted: [String] { names.sorted() }
}
