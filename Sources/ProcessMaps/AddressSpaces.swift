/// The address spaces of all processes that were asked for or heard of.
///
/// Hearing of a process costs no look into `/proc`, however many come and go; only asking for one does.
public struct AddressSpaces: Sendable {
    private var spaces: [Int32: Known] = [:]
    /// The parents of processes that were forked where nothing was known of these.
    private var parents: [Int32: Int32] = [:]
    /// Processes that ended, the longest ago first; what they did may still be asked for.
    private var ended: [Int32] = []
    private let endedLimit: Int
    /// How often the kernel did not tell all.
    private var losses = 0

    private struct Known {
        var space: AddressSpace
        /// The losses before it was read: it may be wrong where there were more since.
        var losses: Int
    }

    /// Creates a collection that remembers so many processes that ended.
    public init(remembering endedLimit: Int = 4096) { self.endedLimit = endedLimit }

    /// What a process has mapped: as heard of, else as `/proc` tells now; nil where neither knows it.
    public mutating func space(of process: Int32) -> AddressSpace? {
        if let known = spaces[process], known.losses == losses { return known.space }
        guard
            let space = AddressSpace(ofRunning: process) ?? spaces[process]?.space
                ?? inherited(by: process)
        else { return nil }
        spaces[process] = Known(space: space, losses: losses)
        return space
    }

    private mutating func inherited(by process: Int32) -> AddressSpace? {
        // Taken out, so that numbers that are used again end the search.
        guard let parent = parents.removeValue(forKey: process), var space = space(of: parent) else {
            return nil
        }
        space.process = process
        return space
    }

    /// Takes note of what happened.
    public mutating func apply(_ event: ProcessEvent) {
        let process = event.process
        switch event.change {
        case .mapped(let mapping):
            // Where nothing is known of the process yet, `/proc` will tell all.
            spaces[process]?.space.insert(mapping)
        case .executed:
            spaces[process] = Known(space: AddressSpace(process: process), losses: losses)
            parents[process] = nil
        case .forked(let parent):
            ended.removeAll { $0 == process }
            spaces[process] = spaces[parent]
            spaces[process]?.space.process = process
            parents[process] = spaces[parent] == nil ? parent : nil
        case .exited:
            ended.append(process)
            if ended.count > endedLimit {
                let forgotten = ended.removeFirst()
                spaces[forgotten] = nil
                parents[forgotten] = nil
            }
        case .lost: losses += 1
        }
    }
}
