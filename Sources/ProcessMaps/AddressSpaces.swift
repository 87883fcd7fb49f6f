/// The address spaces of all processes that were asked for or heard of, as they were at a time that only advances.
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
    /// What happened later than the time that the spaces are of, in order.
    private var later: [ProcessEvent] = []

    private struct Known {
        var space: AddressSpace
        /// The losses before it was read: it may be wrong where there were more since.
        var losses: Int
        /// What the process had mapped before it began its program.
        var former: Former?
    }

    private enum Former {
        case known(AddressSpace)
        /// It had what its parent, of which nothing was known then, has.
        case inherited(from: Int32)
    }

    /// Creates a collection that remembers so many processes that ended.
    public init(remembering endedLimit: Int = 4096) { self.endedLimit = endedLimit }

    /// What a process has mapped: as heard of, else as `/proc` tells now; nil where neither knows it.
    public mutating func space(of process: Int32) -> AddressSpace? {
        if let known = spaces[process], known.losses == losses { return known.space }
        guard let space = running(process) ?? spaces[process]?.space ?? inherited(by: process) else {
            return nil
        }
        spaces[process] = Known(space: space, losses: losses, former: spaces[process]?.former)
        return space
    }

    /// What a process had mapped before it began its program: what it last ran in, while execve(2) is under way.
    public mutating func formerSpace(of process: Int32) -> AddressSpace? {
        switch spaces[process]?.former {
        case nil: return nil
        case .known(let space): return space
        case .inherited(let parent):
            // A number that is used again is another process.
            guard parent != process, var space = space(of: parent) else { return nil }
            space.process = process
            spaces[process]?.former = .known(space)
            return space
        }
    }

    /// What `/proc` tells, where that is of the program that the process runs at the time.
    private func running(_ process: Int32) -> AddressSpace? {
        let runsAnother = later.contains { $0.process == process && $0.change == .executed }
        return runsAnother ? nil : AddressSpace(ofRunning: process)
    }

    private mutating func inherited(by process: Int32) -> AddressSpace? {
        // Taken out, so that numbers that are used again end the search.
        guard let parent = parents.removeValue(forKey: process), var space = space(of: parent) else {
            return nil
        }
        space.process = process
        return space
    }

    /// Takes note of what happened, to be applied when its time comes.
    ///
    /// - Parameter events: In order, none before those of an earlier call.
    public mutating func hear(_ events: [ProcessEvent]) { later += events }

    /// Goes on to a time, in nanoseconds of CLOCK_MONOTONIC; what was heard of and happened until then is applied.
    ///
    /// - Returns: What was applied.
    public mutating func advance(to time: UInt64) -> [ProcessEvent] {
        let due = Array(later.prefix { $0.time <= time })
        later.removeFirst(due.count)
        for event in due { apply(event) }
        return due
    }

    /// Takes note of what happened, at once.
    public mutating func apply(_ event: ProcessEvent) {
        let process = event.process
        switch event.change {
        case .mapped(let mapping):
            // Where nothing is known of the process yet, `/proc` will tell all.
            spaces[process]?.space.insert(mapping)
        case .executed:
            let former =
                (spaces[process]?.space).map { Former.known($0) }
                ?? parents[process].map { .inherited(from: $0) }
            spaces[process] = Known(space: AddressSpace(process: process), losses: losses, former: former)
            parents[process] = nil
        case .forked(let parent):
            ended.removeAll { $0 == process }
            spaces[process] = spaces[parent]
            spaces[process]?.space.process = process
            spaces[process]?.former = nil
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
