/// A record as it is told while a run goes on.
public struct FollowedRecord: Sendable, Equatable {
    /// What stood in its line.
    struct Line: Sendable, Equatable {
        /// The definition's name.
        var name: String
        /// The fields' values, by their names.
        var fields: [String: Table.Cell]
    }

    /// The record itself.
    var line: Line
    /// Its backtrace, or none.
    var stack: Stack?
    /// The records that it followed, the outermost first.
    var parents: [Line]
}

extension RecordAssembler {
    /// A record that has ended.
    func followed(_ finished: Finished) -> FollowedRecord {
        FollowedRecord(
            line: line(of: finished.record), stack: stack(of: finished.record),
            parents: finished.parents.map(line))
    }

    /// The records that nobody was told of as they may go on, each as it stands.
    ///
    /// They stay open, so that what still follows belongs to them; each is told once.
    mutating func tellOpen() -> [FollowedRecord] {
        var told: [FollowedRecord] = []
        var parents: [FollowedRecord.Line] = []
        for depth in open.indices {
            let line = line(of: open[depth].record)
            if !open[depth].record.isTold {
                let stack = stackOwner == depth ? stacks.unfinished : stack(of: open[depth].record)
                told.append(FollowedRecord(line: line, stack: stack, parents: parents))
                open[depth].record.isTold = true
            }
            parents.append(line)
            var children = open[depth].record.children
            open[depth].record.children = []
            tell(&children, parents, into: &told)
            open[depth].record.children = children
        }
        return told
    }

    private func tell(
        _ records: inout [Record], _ parents: [FollowedRecord.Line], into told: inout [FollowedRecord]
    ) {
        for place in records.indices {
            let line = line(of: records[place])
            if !records[place].isTold {
                told.append(FollowedRecord(line: line, stack: stack(of: records[place]), parents: parents))
                records[place].isTold = true
            }
            tell(&records[place].children, parents + [line], into: &told)
        }
    }

    private func line(of record: Record) -> FollowedRecord.Line {
        let names = schema.matchers[record.definition].fieldNames
        let cells = record.values.map(\.followedCell)
        return .init(
            name: schema.names[record.definition], fields: Dictionary(zip(names, cells)) { first, _ in first }
        )
    }

    private func stack(of record: Record) -> Stack? {
        guard case .stack(let id) = record.stack else { return nil }
        return stacks.stack(id)
    }
}

extension FieldValue {
    /// As a cell; of a stack, which lines do not hold, nothing.
    fileprivate var followedCell: Table.Cell {
        switch self {
        case .none, .stack: .none
        case .integer(let value): .integer(value)
        case .hex(let value): .hex(value)
        case .text(let text): .text(text.decoded)
        }
    }
}
