import BPF
import Lowering

/// Values that stand for others where these cannot be had.
extension HandlerCompiler {
    /// Does something else where something fails.
    func attempt(_ body: () -> Void, otherwise: () -> Void) {
        let failed = code.label()
        let end = code.label()
        let outer = scope.error
        scope.error = failed
        body()
        scope.error = outer
        // Where nothing in the body can fail, the verifier must still believe that it may: it refuses dead code.
        code.load(.double, .r1, .r9, ScratchLayout.error)
        code.jump(to: end, if: .r1, .equal, 0)
        code.place(failed)
        code.store(.double, .r9, ScratchLayout.error, constant: 0)
        otherwise()
        code.place(end)
    }

    /// Where a text is, or another where something in it fails.
    func attempt(_ body: Term, otherwise: Term) -> TextPlace {
        let result = scratch.text()
        attempt {
            copy(text(body), to: result)
        } otherwise: {
            copy(text(otherwise), to: result)
        }
        return .place(result)
    }
}
