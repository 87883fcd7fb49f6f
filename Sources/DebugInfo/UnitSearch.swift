/// Which units can have an entry of a name, remembered; all of them where the DWARF cannot be searched by bytes.
///
/// It borrows the bytes of the `DWARFHandle`, which must outlive it.
final class UnitSearch {
    private let names: NameSearch?
    private let count: Int
    private var known: [String: [Int]] = [:]

    init(_ handle: DWARFHandle, units: [DIE]) {
        names = NameSearch(handle, units: units)
        count = units.count
    }

    /// The numbers of the units, ascending.
    func units(naming name: String) -> [Int] {
        guard let names else { return Array(0..<count) }
        if let numbers = known[name] { return numbers }
        let numbers = names.units(naming: name)
        known[name] = numbers
        return numbers
    }
}
