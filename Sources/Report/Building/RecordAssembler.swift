/// Puts the lines of a script's output together to records with their stacks and children.
///
/// A line belongs to the record whose pattern states most of it. A record that may follow another one is taken
/// where the innermost open record may still be followed by it, and else, if no other record may be followed by
/// it, starts anew. Blank lines end a stack and mean nothing else; so do lines that match nothing.
struct RecordAssembler: Sendable {
    /// What a line turned out to be.
    enum Outcome {
        case record(definition: Int)
        case stackLine
        case blank
        case unmatched
    }

    /// A record that nothing can be added to any more.
    struct Finished: Sendable {
        var record: Record
        /// Those that it followed, the outermost first.
        var parents: [Record]
    }

    /// The deepest that records may follow each other.
    private static let maximumDepth = 16
    /// The most children that are held until their parent is complete.
    private static let maximumHeldChildren = 4096

    struct Open {
        var record: Record
        /// The follower that may come next.
        var position = 0
    }

    let schema: RecordSchema
    /// The records that something may still be added to, each following the one before.
    var open: [Open] = []
    /// The open record whose stack is being read.
    private(set) var stackOwner: Int?
    private(set) var stacks: StackStore
    /// The records that were finished since the caller last emptied this.
    var finished: [Finished] = []
    private let maximumStringLength: Int

    init(_ schema: RecordSchema, maximumStacks: Int, maximumStringLength: Int) {
        self.schema = schema
        self.maximumStringLength = maximumStringLength
        stacks = StackStore(maximumCount: maximumStacks)
    }

    /// Takes a further line of the stack that is being read, where it was read before; false for all others.
    mutating func addKnown(_ line: ArraySlice<UInt8>) -> Bool {
        stackOwner != nil && stacks.addKnown(line)
    }

    /// Takes a line; records that it ends are added to `finished`.
    mutating func add(_ line: ArraySlice<UInt8>) -> Outcome {
        guard line.skippingBlanks(from: line.startIndex) < line.endIndex else {
            endStack()
            return .blank
        }
        if let owner = stackOwner ?? depthExpectingStack(), stacks.add(line) {
            if stackOwner == nil {
                close(downTo: owner + 1)
                stackOwner = owner
            }
            return .stackLine
        }
        endStack()
        for definition in schema.order {
            guard let values = schema.matchers[definition].match(line) else { continue }
            guard let place = place(for: definition) else { continue }
            close(downTo: place)
            start(Record(definition: definition, values: values))
            return .record(definition: definition)
        }
        return .unmatched
    }

    /// Ends all records: nothing follows.
    mutating func finish() {
        endStack()
        close(downTo: 0)
    }

    /// The innermost open record that a stack may follow now.
    private func depthExpectingStack() -> Int? {
        open.indices.reversed().first { depth in
            schema.followers[open[depth].record.definition][open[depth].position...].contains(.stack)
        }
    }

    /// Where a record of a definition goes now: how many records stay open; nil where it has no place.
    private mutating func place(for definition: Int) -> Int? {
        for depth in open.indices.reversed() where depth + 1 < Self.maximumDepth {
            let followers = schema.followers[open[depth].record.definition]
            if let index = followers[open[depth].position...].firstIndex(of: .records(definition)) {
                open[depth].position = index
                return depth + 1
            }
        }
        return schema.isFollowerOnly[definition] ? nil : 0
    }

    private mutating func start(_ record: Record) {
        if schema.followers[record.definition].isEmpty {
            end(record)
        } else {
            open.append(Open(record: record))
        }
    }

    private mutating func endStack() {
        guard let owner = stackOwner else { return }
        stackOwner = nil
        if let id = stacks.finish(maximumStringLength: maximumStringLength) {
            open[owner].record.stack = .stack(id)
        }
        let followers = schema.followers[open[owner].record.definition]
        open[owner].position =
            (followers[open[owner].position...].firstIndex(of: .stack) ?? open[owner].position) + 1
    }

    private mutating func close(downTo depth: Int) {
        while open.count > depth {
            end(open.removeLast().record)
        }
    }

    /// Gives an ended record to its parent, or hands it on where it has none.
    private mutating func end(_ record: Record) {
        guard let parent = open.indices.last else {
            var parents: [Record] = []
            emit(record, &parents)
            return
        }
        open[parent].record.children.append(record)
        if open[parent].record.children.count > Self.maximumHeldChildren { handOnChildren() }
    }

    /// Hands on the innermost open record's children before it is complete, so that memory stays bounded; the
    /// first of each kind are held on to, for the columns that refer to them.
    private mutating func handOnChildren() {
        let last = open.count - 1
        var kept: [Record] = []
        let children = open[last].record.children
        open[last].record.children = []
        var parents = open.map(\.record)
        for child in children {
            if kept.contains(where: { $0.definition == child.definition }) {
                emit(child, &parents)
            } else {
                kept.append(child)
            }
        }
        open[last].record.children = kept
    }

    /// The record, then its children; the depth is bounded by `maximumDepth`.
    private mutating func emit(_ record: Record, _ parents: inout [Record]) {
        finished.append(Finished(record: record, parents: parents))
        guard !record.children.isEmpty else { return }
        parents.append(record)
        for child in record.children { emit(child, &parents) }
        parents.removeLast()
    }
}
