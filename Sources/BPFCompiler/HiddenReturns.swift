import BPF
import Lowering

/// Where the functions return whose return addresses the kernel has replaced by its own, thread by thread.
///
/// A probe of a function's return has the kernel write the address of a trampoline over the return address on the
/// stack, so that a stack alone does not tell the callers any more. What stood there is kept at each entry, before the
/// kernel writes: 8 bytes with the number of functions, then for each the place on the stack and the return address.
public enum HiddenReturns {
    /// The kernel's own bound (MAX_URETPROBE_DEPTH): deeper returns are not told.
    public static let depth = 64
    /// Bytes of a thread's value.
    public static let valueSize = 8 + depth * 16
    /// The most threads.
    public static let capacity = 4096
}

extension HandlerCompiler {
    /// Whether return addresses lie on the stack: where they are in a register, no place can be told at the entry.
    var keepsReturns: Bool {
        guard case .functionReturn = probe.event else { return false }
        return options.registers.firstStackArgument > 0
    }

    /// Keeps the return address of the function that begins.
    ///
    /// Registers r7 and r8 are used, and the stack's first 24 bytes.
    func keepReturn() {
        let (known, isBounded, isFull, end) = (code.label(), code.label(), code.label(), code.label())
        let (again, found) = (code.label(), code.label())
        let (key, word, place) = (-8, -16, -24)
        code.call(.currentProcess)
        code.store(.double, .frame, key, .r0)
        code.lookUp(maps.returns, key: key)
        code.jump(to: known, if: .r0, .notEqual, 0)
        code.name(maps.returns, key: key)
        code.loadMapValue(.r3, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.blank))
        code.move(.r4, 0)
        code.call(.mapUpdate)
        code.lookUp(maps.returns, key: key)
        code.jump(to: end, if: .r0, .equal, 0)
        code.place(known)
        code.move(.r7, .r0)
        code.load(.double, .r3, .r6, options.registers.offsets[options.registers.stackPointer])
        code.store(.double, .frame, place, .r3)
        code.store(.double, .frame, word, constant: 0)
        code.move(.r1, .frame)
        code.compute(.add, .r1, Int32(word))
        code.move(.r2, 8)
        code.call(.readUser)
        code.jump(to: end, if: .r0, .notEqual, 0)
        code.load(.double, .r8, .r7, 0)
        code.jump(to: isBounded, if: .r8, .lessOrEqual, Int32(HiddenReturns.depth))
        code.move(.r8, 0)
        code.place(isBounded)
        // The stack grows down: functions at or below this one's place have returned. Where one at its very place has
        // only jumped here, the kernel's trampoline stands there, which is at the start of a page; then both are kept.
        code.place(again)
        // Not 'is 0': from that, verifiers before 6.8 learn no least value.
        code.jump(to: found, if: .r8, .less, 1)
        code.move(.r1, .r8)
        code.compute(.subtract, .r1, 1)
        code.compute(.shiftLeft, .r1, 4)
        code.move(.r2, .r7)
        code.compute(.add, .r2, .r1)
        code.load(.double, .r3, .r2, 8)
        code.load(.double, .r4, .frame, place)
        code.jump(to: found, if: .r3, .greater, .r4)
        let isBelow = code.label()
        code.jump(to: isBelow, if: .r3, .notEqual, .r4)
        code.load(.double, .r5, .frame, word)
        code.compute(.and, .r5, 4095)
        code.jump(to: found, if: .r5, .equal, 0)
        code.place(isBelow)
        code.compute(.subtract, .r8, 1)
        code.jump(to: again)
        code.place(found)
        code.jump(to: isFull, if: .r8, .greaterOrEqual, Int32(HiddenReturns.depth))
        code.move(.r1, .r8)
        code.compute(.shiftLeft, .r1, 4)
        code.move(.r2, .r7)
        code.compute(.add, .r2, .r1)
        code.load(.double, .r3, .frame, place)
        code.store(.double, .r2, 8, .r3)
        code.load(.double, .r3, .frame, word)
        code.store(.double, .r2, 16, .r3)
        code.compute(.add, .r8, 1)
        code.store(.double, .r7, 0, .r8)
        code.jump(to: end)
        code.place(isFull)
        count(RuntimeMaps.Session.missedReturns)
        code.place(end)
    }

    /// Sends what was kept of the thread: the number of functions in 8 bytes, then their places and return addresses.
    func sendReturns() {
        let (known, isBounded, isShort, end) = (code.label(), code.label(), code.label(), code.label())
        let (key, size) = (scratch.integer(), scratch.integer())
        code.store(.double, .r7, 0, constant: 0)
        code.call(.currentProcess)
        code.store(.double, .r9, key, .r0)
        mapCall(.mapLookup, maps.returns, key: key)
        code.jump(to: known, if: .r0, .notEqual, 0)
        advance(by: 8)
        code.jump(to: end)
        code.place(known)
        code.load(.double, .r2, .r0, 0)
        code.jump(to: isBounded, if: .r2, .lessOrEqual, Int32(HiddenReturns.depth))
        code.move(.r2, 0)
        code.place(isBounded)
        code.store(.double, .r7, 0, .r2)
        advance(by: 8)
        code.compute(.shiftLeft, .r2, 4)
        code.store(.double, .r9, size, .r2)
        code.move(.r1, .r7)
        code.move(.r3, .r0)
        code.compute(.add, .r3, 8)
        code.call(.readKernel)
        code.load(.double, .r1, .r9, size)
        code.jump(to: isShort, if: .r1, .lessOrEqual, Int32(HiddenReturns.depth * 16))
        code.move(.r1, 0)
        code.place(isShort)
        advanceByRegister()
        code.place(end)
    }
}
