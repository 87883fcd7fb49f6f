import BPF
import Lowering

/// Pages of the traced program that it has not touched yet.
extension HandlerCompiler {
    func writeTouch() {
        code.move(.r1, .r9)
        code.compute(.add, .r1, Int32(ScratchLayout.work(0)))
        code.move(.r2, 1)
        code.load(.double, .r3, .frame, SharedFrame.argument(1))
        code.call(.copyFromUser)
        leave()
    }

    /// Has the page of an address brought in, which is `offset` from the one at a place, where the kernel can.
    func touch(_ place: Int, offset: Int = 0) {
        guard canSleep else { return }
        code.load(.double, .r2, .r9, place)
        if offset != 0 { code.compute(.add, .r2, Int32(offset)) }
        call(shared: .touch, given: 1)
    }

    /// Whether the handler may wait for memory.
    var canSleep: Bool {
        switch probe.event {
        case .address, .functionReturn: options.kernel.maySleep
        default: false
        }
    }
}
