/// The stacks of several summaries, each once.
struct StackPool {
    private(set) var stacks: [Stack] = []
    private var places: [Stack: Int] = [:]

    /// A stack's place.
    mutating func place(of stack: Stack) -> Int {
        if let place = places[stack] { return place }
        places[stack] = stacks.count
        stacks.append(stack)
        return stacks.count - 1
    }

    /// A cell of a summary that has these stacks, its stack by its place here.
    mutating func cell(_ cell: Table.Cell, _ stacks: [Stack]) -> Table.Cell {
        guard case .stack(let place) = cell else { return cell }
        return .stack(self.place(of: stacks[place]))
    }
}
