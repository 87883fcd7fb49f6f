/// The places that send records, numbered over all programs of a script.
public final class RecordSites {
    /// The places.
    public private(set) var all: [RecordSite] = []

    /// Creates an empty list.
    public init() {}

    /// The number of a new place.
    func add(_ site: RecordSite) -> Int {
        all.append(site)
        return all.count - 1
    }
}
