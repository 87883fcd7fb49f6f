/// The address spaces of all processes that were asked for or heard of.
public struct AddressSpaces: Sendable {
    private var spaces: [Int32: AddressSpace] = [:]
    /// Processes that ended, the longest ago first; what they did may still be asked for.
    private var ended: [Int32] = []
    private let endedLimit: Int

    /// Creates a collection that remembers so many processes that ended.
    public init(remembering endedLimit: Int = 4096) { self.endedLimit = endedLimit }

    /// What a process has mapped: as heard of, else as `/proc` tells now; nil where neither knows it.
    public mutating func space(of process: Int32) -> AddressSpace? {
        if let known = spaces[process] { return known }
        guard let space = AddressSpace(ofRunning: process) else { return nil }
        spaces[process] = space
        return space
    }

    /// Takes note of what happened.
    public mutating func apply(_ event: ProcessEvent) {
        switch event.change {
        case .mapped(let mapping):
            // Where nothing is known of the process yet, `/proc` will tell all.
            spaces[event.process]?.insert(mapping)
        case .executed:
            spaces[event.process] = AddressSpace(process: event.process)
        case .forked(let parent):
            ended.removeAll { $0 == event.process }
            spaces[event.process] = space(of: parent).map { parent in
                AddressSpace(process: event.process, mappings: parent.mappings)
            }
        case .exited:
            ended.append(event.process)
            if ended.count > endedLimit { spaces[ended.removeFirst()] = nil }
        case .lost:
            // What is known may be wrong: it is read anew where it is still to be had.
            for process in spaces.keys where AddressSpace(ofRunning: process) != nil { spaces[process] = nil }
        }
    }
}
