import Diagnostics
import RecipeModel

/// Joins records that each state a parent and a child to a forest, such as of who forked whom.
///
/// An identifier may be used again (process ids are): a child that is known already under another parent
/// starts a new node of that identifier, and the same child of the same parent under the same label is the
/// same event printed again, which is counted. A parent that was only seen as one may still turn out to be
/// somebody's child, since lines of different processors may be printed out of order.
struct TreeBuilder: Sendable {
    private struct Node {
        var label: ByteText
        /// What it is called since.
        var newLabel: ByteText?
        var parent: Int?
        var children: [Int] = []
        var count = 1
    }

    /// How far up is looked for a cycle; an ancestry that is deeper is taken for one.
    private static let maximumAncestry = 1000

    private let definition: TreeDefinition
    private let of: Int?
    private let parent: FieldAccessor
    private let child: FieldAccessor
    private let parentLabel: Label
    private let childLabel: Label
    /// The record that gives a child's node its label anew.
    private let renamer: Int?
    private let maximumNodes: Int
    private var nodes: [Node] = []
    /// The newest node of each identifier.
    private var places: [FieldValue: Int] = [:]
    /// How many records there was no room for.
    private(set) var droppedCount = 0

    /// The heading.
    var title: String { definition.title }

    init(_ definition: TreeDefinition, in schema: RecordSchema, maximumNodes: Int) throws(DiagnosticsError) {
        self.definition = definition
        self.maximumNodes = maximumNodes
        of = schema.names.firstIndex(of: definition.of.value)
        parent = FieldAccessor(definition.parent.value, in: schema)
        child = FieldAccessor(definition.child.value, in: schema)
        parentLabel = try Label(definition.parentLabel, in: schema)
        childLabel = try Label(definition.childLabel, in: schema)
        renamer = definition.renamedBy.flatMap { schema.names.firstIndex(of: $0.value) }
    }

    /// Adds a record, if it is one of this tree's.
    mutating func add(_ record: Record, parents: [Record]) {
        rename(by: record, parents: parents)
        guard record.definition == of else { return }
        let parentID = parent.value(of: record, parents: parents)
        let childID = child.value(of: record, parents: parents)
        guard parentID != .none, childID != .none else { return }
        let label = childLabel.text(of: record, parents: parents)
        let knownParent = places[parentID]
        let known = places[childID]
        if let known, let knownParent, nodes[known].parent == knownParent, nodes[known].label == label {
            nodes[known].count += 1
            return
        }
        guard nodes.count + (knownParent == nil ? 2 : 1) <= maximumNodes else {
            droppedCount += 1
            return
        }
        let parentNode =
            knownParent ?? append(parentID, parentLabel.text(of: record, parents: parents), below: nil)
        if let known, nodes[known].parent == nil, !isAncestry(of: parentNode, through: known) {
            nodes[known].parent = parentNode
            nodes[parentNode].children.append(known)
        } else {
            append(childID, label, below: parentNode)
        }
    }

    private mutating func rename(by record: Record, parents: [Record]) {
        guard record.definition == renamer, let place = places[child.value(of: record, parents: parents)]
        else { return }
        nodes[place].newLabel = childLabel.text(of: record, parents: parents).compacted
    }

    @discardableResult
    private mutating func append(_ id: FieldValue, _ label: ByteText, below parent: Int?) -> Int {
        let place = nodes.count
        nodes.append(Node(label: label, parent: parent))
        if let parent { nodes[parent].children.append(place) }
        places[id.compacted] = place
        return place
    }

    private func isAncestry(of node: Int, through other: Int) -> Bool {
        var node = node
        for _ in 0..<Self.maximumAncestry {
            if node == other { return true }
            guard let parent = nodes[node].parent else { return false }
            node = parent
        }
        return true
    }

    /// The forest so far, each node before its children.
    func tree() -> Tree {
        var result: [Tree.Node] = []
        var pending = nodes.indices.reversed().filter { nodes[$0].parent == nil }.map { (node: $0, depth: 0) }
        while let (index, depth) = pending.popLast() {
            let node = nodes[index]
            result.append(
                Tree.Node(label: (node.newLabel ?? node.label).decoded, depth: depth, count: node.count))
            for child in node.children.reversed() { pending.append((child, depth + 1)) }
        }
        return Tree(title: definition.title, record: definition.of.value, nodes: result)
    }

    /// A label's text with the fields to fill in.
    private struct Label: Sendable {
        private enum Piece {
            case literal([UInt8])
            case field(FieldAccessor)
        }

        private var pieces: [Piece]

        init(_ text: Located<String>, in schema: RecordSchema) throws(DiagnosticsError) {
            do throws(RecordPatternError) {
                pieces = try LabelTemplate(parsing: text.value).pieces.map { piece in
                    switch piece {
                    case .literal(let bytes): .literal(bytes)
                    case .field(let name): .field(FieldAccessor(name, in: schema))
                    }
                }
            } catch {
                throw DiagnosticsError(ReportMessages.malformedLabel(text, error))
            }
        }

        func text(of record: Record, parents: [Record]) -> ByteText {
            var bytes: [UInt8] = []
            for piece in pieces {
                switch piece {
                case .literal(let literal): bytes += literal
                case .field(let accessor):
                    switch accessor.value(of: record, parents: parents) {
                    case .none, .stack: bytes.append(UInt8(ascii: "?"))
                    case .integer(let value): bytes += Array(String(value).utf8)
                    case .hex(let value): bytes += Array("0x\(String(value, radix: 16))".utf8)
                    case .text(let text): bytes += text.bytes
                    }
                }
            }
            return ByteText(bytes[...])
        }
    }
}
