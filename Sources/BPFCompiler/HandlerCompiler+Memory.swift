import BPF
import Diagnostics
import Lowering

/// Memory that is printed as it is: `%m` and `%M`.
extension HandlerCompiler {
    /// What is left of a format's arguments for the process; of addresses, the memory there.
    func residues(_ arguments: [Term], of format: PrintFormat, _ values: inout [Value]) -> [Term] {
        let reads = format.memoryArguments
        var rest: [Term] = []
        for (index, argument) in arguments.enumerated() {
            guard let read = reads.first(where: { $0.index == index }) else {
                rest.append(residue(argument, &values))
                continue
            }
            let most = PrintFormat.MemoryArgument.greatestSize
            let place: Int
            switch read.size {
            case .fixed(let count):
                let count = min(max(count, 1), most)
                place = memory(argument, isUser: read.isUser, atMost: count) {
                    self.code.move(.r2, Int64(count))
                }
                values.append(.memory(place, count))
            case .argument(let size):
                guard let number = number(rest[size], values) else {
                    report(.conversion, at: argument.range)
                    return arguments
                }
                place = memory(argument, isUser: read.isUser, atMost: most) { number() }
                values.append(.memory(place, most))
            }
            rest.append(Term(.captured(values.count - 1), .text, at: argument.range))
        }
        return rest
    }

    /// What puts the size that an argument says into r2; nil where only the process knows it.
    private func number(_ size: Term, _ values: [Value]) -> (() -> Void)? {
        switch size.kind {
        case .number(let number): return { self.code.move(.r2, Int64(Int32(truncatingIfNeeded: number))) }
        case .captured(let index):
            guard case .integer(let place) = values[index] else { return nil }
            return {
                self.code.load(.double, .r2, .r9, place)
                // A format's sizes have 32 bits and a sign.
                self.code.compute(.shiftLeft, .r2, 32)
                self.code.compute(.arithmeticShiftRight, .r2, 32)
            }
        default: return nil
        }
    }

    /// Reads at an address as many bytes as r2 says once `size` has run, at least one; leaves their number and them at
    /// the place that is returned.
    private func memory(_ address: Term, isUser: Bool, atMost most: Int, size: () -> Void) -> Int {
        let (place, isRead, isPositive) = (scratch.block(8 + most + 8), code.label(), code.label())
        emit(address)
        let (pointer, count) = (keep(), scratch.integer())
        size()
        code.jump(to: isPositive, if: .r2, .signedGreater, 0)
        code.move(.r2, 1)
        code.place(isPositive)
        bound(.r2, atMost: most)
        code.store(.double, .r9, count, .r2)
        func attempt() {
            code.load(.double, .r2, .r9, count)
            bound(.r2, atMost: most)
            self.address(.r1, place)
            code.store(.double, .r1, 0, .r2)
            code.compute(.add, .r1, 8)
            code.load(.double, .r3, .r9, pointer)
            code.call(isUser ? .readUser : .readKernel)
            code.jump(to: isRead, if: .r0, .equal, 0)
        }
        attempt()
        if canSleep, isUser {
            for offset in stride(from: 0, to: most, by: 4096) { touch(pointer, offset: offset) }
            if most > 1 { touch(pointer, offset: most - 1) }
            attempt()
        }
        code.load(.double, .r0, .r9, pointer)
        fail(.read(address.range.text), at: address.range)
        code.place(isRead)
        return place
    }
}
