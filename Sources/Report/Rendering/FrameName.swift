extension StackFrame {
    /// What the frame is called where the place in a function does not count: the function, or the module in
    /// brackets, as FlameGraph's programs have it.
    ///
    /// May hold control characters.
    public var name: String {
        if let symbol, !symbol.isEmpty { return symbol }
        if let moduleName { return "[\(moduleName)]" }
        return address.map { "0x\(String($0, radix: 16))" } ?? "[unknown]"
    }

    /// What stands for the frames that are missing below a stack that was not unwound to its end.
    static let missingEnd = StackFrame(symbol: "[not unwound to its end]")
    /// What stands for the stack of a record without one.
    static let missingStack = StackFrame(symbol: "[no stack]")
}

extension Profile {
    /// Each stack as frames, the outermost first, and its weight; what is missing of a stack is a frame too.
    func paths(_ frames: [StackFrame]) -> [(frames: [StackFrame], weight: Int128)] {
        var paths = samples.map { sample in
            let end = sample.isComplete ? [] : [StackFrame.missingEnd]
            return (end + sample.frames.reversed().map { frames[Int($0)] }, sample.weight)
        }
        if weightWithoutStack > 0 { paths.append(([.missingStack], weightWithoutStack)) }
        return paths
    }
}
