import BPF
import DebugInfo
import Glibc
import Lowering

extension KernelFunction {
    /// Has a program run where it is called, or where it returns.
    func attach(isReturn: Bool, _ program: BPFProgram) throws(BPFError) -> Attachment {
        guard let module else { return try Attachment(kernelFunction: name, isReturn: isReturn, program) }
        let symbol = "\(module):\(name)"
        do {
            return try Attachment(kernelFunction: symbol, isReturn: isReturn, program)
        } catch  where error.code == ENOENT {
            // Kernels with "tracing/kprobes: Return EADDRNOTAVAIL when func matches several symbols" (6.6, and what took
            // it over) look for a symbol of the whole text, until they were mended.
            let known = KernelAddresses(KernelAddresses.list)
            guard let address = known?.address(of: name, in: module) else { throw error }
            return try Attachment(kernelFunction: symbol, at: address, isReturn: isReturn, program)
        }
    }
}
