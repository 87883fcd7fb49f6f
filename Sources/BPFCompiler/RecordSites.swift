/// The places that send records, numbered over all programs of a script.
final class RecordSites {
    /// The places.
    private(set) var all: [RecordSite] = []

    /// Creates an empty list.
    init() {}

    /// The number of a new place.
    func add(_ site: RecordSite) -> Int {
        all.append(site)
        return all.count - 1
    }

    /// Forgets the places from a number on.
    func removeAll(from number: Int) { all.removeSubrange(number...) }
}
