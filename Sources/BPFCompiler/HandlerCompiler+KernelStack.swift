import BPF
import Lowering

/// The kernel's own stack.
extension HandlerCompiler {
    /// The addresses of the event's stack in the kernel, to be sent: 8 bytes each, the innermost first.
    ///
    /// None where a program is probed, which was not in the kernel.
    func kernelStack() -> Value {
        guard !probe.event.hasRegisters else { return .text(placed(.literal([]))) }
        let most = (options.maximumBacktrace + Self.tracingDepth) * 8
        let (result, isThere) = (scratch.block(8 + most), code.label())
        code.move(.r1, .r6)
        address(.r2, result + 8)
        code.move(.r3, Int64(most))
        code.move(.r4, 0)
        code.call(.stack)
        code.jump(to: isThere, if: .r0, .signedGreater, 0)
        code.move(.r0, 0)
        code.place(isThere)
        address(.r1, result)
        code.store(.double, .r1, 0, .r0)
        return .memory(result, most)
    }

    /// Frames of what runs a program at a tracepoint, which come first, and are not told.
    private static let tracingDepth = 8
}
