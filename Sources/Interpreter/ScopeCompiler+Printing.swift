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
        var reads: [MemoryArgument] = []
        var next = 0
        for case .conversion(let conversion) in format.pieces {
            if conversion.width == .argument { next += 1 }
            var size = MemoryArgument.Size.fixed(1)
            switch conversion.precision {
            case .none: break
            case .fixed(let count): size = .fixed(count)
            case .argument:
                size = .argument(next)
                next += 1
            }
            if conversion.kind == .memory || conversion.kind == .hexadecimalMemory {
                reads.append(MemoryArgument(index: next, size: size, isUser: conversion.isAlternate))
            }
            next += 1
        }
        let values = values(arguments)
        if reads.isEmpty { return values }
        let ranges = arguments.map(\.range)
        return { machine throws(Stop) in
            var values = try values(machine)
            for read in reads {
                let address = UInt64(bitPattern: values[read.index].integer)
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

/// An argument that is printed as the memory at its address.
private struct MemoryArgument {
    enum Size {
        case fixed(Int)
        case argument(Int)
    }

    let index: Int
    let size: Size
    let isUser: Bool

    func count(_ values: [Value]) -> Int {
        let count =
            switch size {
            case .fixed(let count): count
            case .argument(let index): Int(Int32(truncatingIfNeeded: values[index].integer))
            }
        return count.clamped(to: 1...RuntimeLimits.printBuffer)
    }
}
