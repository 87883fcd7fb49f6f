/// What rows of several runs' tables are the same by: the cells that they are grouped by, a stack by its frames.
struct RowKey: Hashable {
    private enum Part: Hashable {
        case none
        case integer(Int128)
        case hex(UInt64)
        case mean(Double)
        case text(String)
        case frames([StackFrame], isComplete: Bool)
    }

    private var parts: [Part]

    /// The key of a row; `isExact` says whether places within functions count, which only one build of a program has
    /// in common.
    init(_ row: [Table.Cell], of table: Table, stacks: [Stack], isExact: Bool) {
        parts = zip(table.columns, row).filter { !$0.0.isMeasure }.map { _, cell in
            switch cell {
            case .none: .none
            case .integer(let value): .integer(value)
            case .hex(let value): .hex(value)
            case .mean(let value): .mean(value)
            case .text(let text): .text(text)
            case .stack(let place):
                .frames(
                    isExact ? stacks[place].frames : stacks[place].frames.map(\.withoutPlace),
                    isComplete: stacks[place].isComplete)
            }
        }
    }

    /// Whether runs are of one build of one program.
    static func isOneBuild(_ facts: [RunFacts]) -> Bool {
        let builds = Set(facts.map(\.target.buildID))
        return builds.count == 1 && builds != [nil]
    }
}

extension StackFrame {
    /// The function and the module's name alone; what has no name keeps its place.
    fileprivate var withoutPlace: StackFrame {
        guard let symbol else { return self }
        return StackFrame(symbol: symbol, module: moduleName)
    }
}
