import Diagnostics
import Lowering

extension ScopeCompiler {
    /// `printf` and its kin.
    func print(_ format: PrintFormat, _ arguments: [Term]) -> ActionCode {
        let renderer = FormatRenderer(format)
        let arguments = formatArguments(format, arguments)
        return { machine throws(Stop) in
            let arguments = try arguments(machine)
            renderer.render(arguments, into: &machine.output)
            return .onward
        }
    }

    /// `sprintf` and its kin.
    func formatted(_ format: PrintFormat, _ arguments: [Term]) -> TextCode {
        let renderer = FormatRenderer(format)
        let arguments = formatArguments(format, arguments)
        let destination = FormatRenderer.Destination.string(stringLength: limits.stringLength)
        return { machine throws(Stop) in
            var buffer: [UInt8] = []
            renderer.render(try arguments(machine), into: &buffer, for: destination)
            return machine.kept(buffer)
        }
    }

    /// The arguments; those of `%m` and `%M` become the memory at the address.
    private func formatArguments(
        _ format: PrintFormat, _ arguments: [Term]
    ) -> (Machine) throws(Stop) -> [Value] {
        let reads = format.memoryArguments
        let values = values(arguments)
        if reads.isEmpty { return values }
        let ranges = arguments.map(\.range)
        return { machine throws(Stop) in
            var values = try values(machine)
            for read in reads {
                // What a handler in the kernel has sent has been read already.
                guard case .integer(let number) = values[read.index] else { continue }
                let address = UInt64(bitPattern: number)
                let count = read.count(values)
                values[read.index] = .text(
                    try machine.located(ranges[read.index]) { () throws(RuntimeError) in
                        try machine.context.memory(at: address, count: count, isUser: read.isUser)
                    })
            }
            return values
        }
    }
}

extension PrintFormat.MemoryArgument {
    /// How many bytes are printed.
    fileprivate func count(_ values: [Value]) -> Int {
        let count =
            switch size {
            case .fixed(let count): count
            case .argument(let index): Int(Int32(truncatingIfNeeded: values[index].integer))
            }
        return count.clamped(to: 1...Self.greatestSize)
    }
}
