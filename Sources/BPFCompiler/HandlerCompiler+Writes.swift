import BPF
import Diagnostics
import Lowering

/// Writes to the traced program, in guru mode.
extension HandlerCompiler {
    /// Puts the integer at `kept` where a read would find it.
    func write(_ read: MemoryRead, from kept: Int, at range: SourceRange) {
        guard case .integer(let size, _) = read.value, !read.isOfKernel else {
            return report(.writes(read.text), at: range)
        }
        if read.isInRegister { return report(.writesRegister(read.text), at: range) }
        guard options.mayWrite() else { return report(.writesRefused, at: range) }
        let isWritten = code.label()
        var place = read
        place.value = .address
        emit(place, at: range)
        let pointer = keep()
        code.move(.r1, .r0)
        address(.r2, kept)
        code.move(.r3, Int64(size))
        code.call(.probeWriteUser)
        code.jump(to: isWritten, if: .r0, .equal, 0)
        code.load(.double, .r0, .r9, pointer)
        fail(.write, at: range)
        code.place(isWritten)
    }
}
