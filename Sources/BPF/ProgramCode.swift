/// A program as the kernel takes it, once its maps and symbols are known.
public struct ProgramCode: Sendable {
    /// The instructions.
    public var instructions: [Instruction]
    /// Its functions, the program's own first.
    public var functions: [Function]
    /// The instructions whose constants are still to be added to, by what.
    var symbols: [(instruction: Int, symbol: Symbol)] = []

    /// A function of a program.
    public struct Function: Sendable, Hashable {
        /// Its first instruction.
        public var start: Int
        /// Whether the kernel checks it once for all calls, whatever its arguments are, rather than at each call.
        ///
        /// It takes five integers and returns one.
        public var isCheckedAlone: Bool
    }

    /// The program with what was not known when it was compiled: `maps` gives the descriptor of what it names as a map,
    /// `values` a symbol's value.
    public func linked(maps: (Int32) -> Int32, symbols values: (Symbol) -> Int32) -> ProgramCode {
        var linked = self
        for index in instructions.indices where instructions[index].namesMap {
            linked.instructions[index].immediate = maps(instructions[index].immediate)
        }
        for (index, symbol) in symbols { linked.instructions[index].immediate += values(symbol) }
        linked.symbols = []
        return linked
    }
}

/// A number that is known only when a program is loaded.
public struct Symbol: Sendable, Hashable {
    private let number: Int

    /// The symbol of a number.
    public init(_ number: Int) { self.number = number }
}

extension Instruction {
    /// Whether it loads a map, or an address in one.
    fileprivate var namesMap: Bool { code == 0x18 && [1, 2].contains(registers >> 4) }
}
