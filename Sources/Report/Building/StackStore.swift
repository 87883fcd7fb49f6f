/// Keeps each distinct stack once, so that memory grows with the number of distinct stacks, not of records.
struct StackStore: Sendable {
    /// The most frames of one stack; stap's own bound is far below.
    static let maximumDepth = 1024

    /// The distinct frames.
    private(set) var frames: [StackFrame] = []
    /// What each of them tells of a stack's end.
    private var roles: [FrameRole] = []
    private var frameIDs: [StackFrame: Int32] = [:]
    /// Frames by their text, so that a line that was seen before is not parsed again.
    private var frameIDsByKey: [ByteText: Int32] = [:]
    private var lines = FrameLineCache()
    private var stacks: [(frames: FrameList, isComplete: Bool)] = []
    private var stackIDs: [FrameList: Int] = [:]
    private let maximumCount: Int

    /// The places of a stack's frames, hashed at memory speed.
    private struct FrameList: Hashable {
        var places: [Int32] = []

        func hash(into hasher: inout Hasher) {
            places.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// The frames read so far of the stack that is being read.
    private var current = FrameList()
    /// How many bytes its lines have, with a line end each.
    private var currentLength = 0
    private var currentIsAddressed = true
    private var currentIsCut = false

    /// How many stacks that were read do not end where threads start.
    private(set) var unfinishedCount = 0
    /// How many stacks that were read are longer than a string may be.
    private(set) var truncatedCount = 0
    /// How many stacks were not kept because there were too many.
    private(set) var droppedCount = 0

    /// Creates a store that keeps at most so many stacks, and twenty times as many frames.
    init(maximumCount: Int) { self.maximumCount = maximumCount }

    /// Adds a line to the stack that is being read; false where it is no line of a backtrace.
    mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
        if addKnown(line) { return true }
        switch StackParser.line(line) {
        case nil: return false
        case .absent: break
        case .addresses(let addresses): for address in addresses { _ = append(key: address) }
        case .frame(let key, let isAddressed):
            guard let (id, isCut) = append(key: key) else { return false }
            if let id, !isCut { lines.offer(.init(frame: id, isAddressed: isAddressed), of: line) }
            currentIsAddressed = isAddressed
        }
        currentLength += line.count + 1
        return true
    }

    /// The same for a line that was read before; false where it is not known to have been.
    mutating func addKnown(_ line: ArraySlice<UInt8>) -> Bool {
        guard let known = lines.reading(of: line) else { return false }
        append(known.frame)
        currentIsAddressed = known.isAddressed
        currentLength += line.count + 1
        return true
    }

    /// Adds a frame by its key: its number, nil where there is no room for it; nil altogether where the text is no
    /// frame.
    private mutating func append(key: ArraySlice<UInt8>) -> (id: Int32?, isCut: Bool)? {
        var id = frameIDsByKey[ByteText(key)]
        var isCut = false
        if id == nil {
            guard let parsed = StackParser.frame(fromKey: key) else { return nil }
            let frame = parsed.frame
            isCut = parsed.isCut
            if isCut { currentIsCut = true }
            id = frameIDs[frame]
            if id == nil, frames.count < maximumCount * 20 {
                id = Int32(frames.count)
                frameIDs[frame] = id
                frames.append(frame)
                roles.append(FrameRole(of: frame))
            }
            if !isCut, frameIDsByKey.count < maximumCount * 20 {
                frameIDsByKey[ByteText(key).compacted] = id
            }
        }
        // A frame that there is no room for stays as a hole: its stack is counted as not kept.
        append(id ?? -1)
        return (id, isCut)
    }

    private mutating func append(_ id: Int32) {
        if current.places.count < Self.maximumDepth { current.places.append(id) }
    }

    /// Ends the stack that is being read: its number, or nil where there is no room for it.
    mutating func finish(maximumStringLength: Int) -> Int? {
        defer {
            current.places.removeAll(keepingCapacity: true)
            currentLength = 0
            currentIsAddressed = true
            currentIsCut = false
        }
        // Only stacks that went through a string variable are bounded by the length of one.
        let isFull = currentLength == maximumStringLength || currentLength == maximumStringLength - 1
        if currentIsCut || (!currentIsAddressed && isFull) { truncatedCount += 1 }
        if let id = stackIDs[current] {
            if !stacks[id].isComplete { unfinishedCount += 1 }
            return id
        }
        let isComplete = isCurrentComplete
        if !isComplete { unfinishedCount += 1 }
        guard stacks.count < maximumCount, !current.places.contains(-1) else {
            droppedCount += 1
            return nil
        }
        let id = stacks.count
        stacks.append((current, isComplete))
        stackIDs[current] = id
        return id
    }

    private var isCurrentComplete: Bool {
        FrameRole.areComplete(current.places.lazy.filter { $0 >= 0 }.map { roles[Int($0)] })
    }

    /// The stack that is being read, as far as it is.
    var unfinished: Stack { Stack(frames: current.places.compactMap(frame)) }

    private func frame(_ id: Int32) -> StackFrame? { id < 0 ? nil : frames[Int(id)] }

    /// How many distinct stacks there are.
    var count: Int { stacks.count }

    /// The stack of a number that `finish` gave.
    func stack(_ id: Int) -> Stack { Stack(frames: stacks[id].frames.places.compactMap(frame)) }

    /// The places of its frames among all, the innermost first.
    func frames(of id: Int) -> [Int32] { stacks[id].frames.places }

    /// Whether it was unwound to its end.
    func isComplete(_ id: Int) -> Bool { stacks[id].isComplete }
}
