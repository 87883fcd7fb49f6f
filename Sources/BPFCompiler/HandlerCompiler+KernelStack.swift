import BPF
import Lowering

/// The kernel's own stack.
extension HandlerCompiler {
    /// The addresses of the event's stack in the kernel, to be sent: 8 bytes each, the innermost first.
    ///
    /// None where a program is probed, which was not in the kernel.
    func kernelStack() -> Value {
        guard !probe.event.hasRegisters else { return .text(placed(.literal([]))) }
        let most = KernelStack.greatestDepth * 8
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
}

/// What is kept of the kernel's stack.
public enum KernelStack {
    /// As many frames as stap prints (MAXBACKTRACE).
    public static let printedDepth = 20
    /// How many are taken: those of what runs a program at a tracepoint come first, and are left out.
    static let greatestDepth = printedDepth + 8
}
