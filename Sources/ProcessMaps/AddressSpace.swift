/// What a process has mapped where, now and with later changes.
public struct AddressSpace: Sendable {
    /// The process, in the numbers of this process's PID namespace.
    public var process: Int32
    /// The mappings, in the order of their addresses; none overlaps another.
    public private(set) var mappings: [Mapping]

    /// Creates an address space.
    ///
    /// - Parameters:
    ///   - process: the process's id.
    ///   - mappings: in the order in which they were made; a later one replaces what it covers.
    public init(process: Int32, mappings: [Mapping] = []) {
        self.process = process
        self.mappings = []
        for mapping in mappings { insert(mapping) }
    }

    /// The mapping that holds an address.
    public func mapping(at address: UInt64) -> Mapping? {
        let index = firstIndex(endingAfter: address)
        guard index < mappings.count, mappings[index].addresses.contains(address) else { return nil }
        return mappings[index]
    }

    /// Notes a mapping that the process made, in the place of what was there.
    public mutating func insert(_ mapping: Mapping) {
        guard !mapping.addresses.isEmpty else { return }
        let first = firstIndex(endingAfter: mapping.addresses.lowerBound)
        var last = first
        while last < mappings.count, mappings[last].addresses.lowerBound < mapping.addresses.upperBound {
            last += 1
        }
        var pieces = [mapping]
        if first < last {
            let before = mappings[first].clamped(to: 0..<mapping.addresses.lowerBound)
            let after = mappings[last - 1].clamped(to: mapping.addresses.upperBound..<UInt64.max)
            pieces = [before, mapping, after].compactMap(\.self)
        }
        mappings.replaceSubrange(first..<last, with: pieces)
    }

    /// Notes that the process runs another program, and has nothing mapped of what it had.
    public mutating func removeAll() { mappings = [] }

    /// How many mappings end at or before an address.
    private func firstIndex(endingAfter address: UInt64) -> Int {
        var low = 0
        var high = mappings.count
        while low < high {
            let middle = (low + high) / 2
            if mappings[middle].addresses.upperBound <= address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
