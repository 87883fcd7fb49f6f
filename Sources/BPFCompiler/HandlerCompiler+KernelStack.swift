import BPF
import Lowering

/// The kernel's own stack.
extension HandlerCompiler {
    /// Where the addresses of the event's stack in the kernel are, as a text: 8 bytes each, the innermost first.
    ///
    /// None where a program is probed, which was not in the kernel.
    func kernelStack() -> TextPlace {
        guard !probe.event.hasRegisters else { return .literal([]) }
        let (result, isThere) = (scratch.text(), code.label())
        code.move(.r1, .r6)
        address(.r2, result + 8)
        code.move(.r3, Int64(min(KernelStack.greatestDepth * 8, scratch.textCapacity / 8 * 8)))
        code.move(.r4, 0)
        code.call(.stack)
        code.jump(to: isThere, if: .r0, .signedGreater, 0)
        code.move(.r0, 0)
        code.place(isThere)
        address(.r1, result)
        code.store(.double, .r1, 0, .r0)
        return .place(result)
    }
}

/// What is kept of the kernel's stack.
public enum KernelStack {
    /// As many frames as stap prints (MAXBACKTRACE).
    public static let printedDepth = 20
    /// How many are taken: those of what runs a program at a tracepoint come first, and are left out.
    static let greatestDepth = printedDepth + 8
}
