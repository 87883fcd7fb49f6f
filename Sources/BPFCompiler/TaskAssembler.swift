import BPF

/// Writes what reads the kernel's tasks at a tracepoint of processes, on the stack alone.
///
/// r6 holds the tracepoint's arguments; a read leaves its value at a place of the stack, 0 where it fails.
struct TaskAssembler {
    var code = Assembler()
    private let tasks: TaskLayout
    /// Where the program ends.
    let end: Assembler.Label

    /// Places on the stack: a key of the ``ProcessTable``, a value, and the task.
    static let (key, value, task, work) = (-8, -24, -32, -40)

    /// Begins a program, at a tracepoint of processes where one is given.
    init(_ tasks: TaskLayout, _ moment: ProcessMoment?) {
        self.tasks = tasks
        end = code.label()
        code.move(.r6, .r1)
        if let moment { keepTask(of: moment) }
    }

    /// Goes on with code that has its task on the stack.
    init(continuing code: Assembler, _ tasks: TaskLayout, _ moment: ProcessMoment, end: Assembler.Label) {
        (self.code, self.tasks, self.end) = (code, tasks, end)
        keepTask(of: moment)
    }

    private mutating func keepTask(of moment: ProcessMoment) {
        code.load(.double, .r1, .r6, moment.task * 8)
        code.store(.double, .frame, Self.task, .r1)
    }

    /// The program.
    mutating func assemble() throws(Assembler.JumpTooFar) -> ProgramCode {
        code.place(end)
        code.move(.r0, 0)
        code.exit()
        return try code.assemble()
    }

    /// Reads a member of the structure whose address is at a place.
    mutating func member(_ offset: Int, size: Int, of pointer: Int = task, into place: Int) {
        code.load(.double, .r3, .frame, pointer)
        code.compute(.add, .r3, Int32(offset))
        code.store(.double, .frame, place, constant: 0)
        code.move(.r1, .frame)
        code.compute(.add, .r1, Int32(place))
        code.move(.r2, Int64(size))
        code.call(.readKernel)
    }

    /// r0 = where a map has the value of the key.
    mutating func lookUp(_ map: Int32) { code.lookUp(map, key: Self.key) }

    /// Ends for a thread that is not its process's first, and for the kernel's own.
    mutating func leaveUnlessProcess() {
        compareIDs()
        code.jump(to: end, if: .r1, .notEqual, .r2)
        member(tasks.flags, size: 4, into: Self.work)
        code.load(.double, .r1, .frame, Self.work)
        code.jump(to: end, if: .r1, .anySet, Self.kernelThread)
    }

    /// Ends for the first thread of a process.
    mutating func leaveUnlessThread() {
        compareIDs()
        code.jump(to: end, if: .r1, .equal, .r2)
    }

    /// r1 = the process, r2 = the thread.
    private mutating func compareIDs() {
        member(tasks.process, size: 4, into: Self.value)
        member(tasks.thread, size: 4, into: Self.value + 8)
        code.load(.double, .r1, .frame, Self.value)
        code.load(.double, .r2, .frame, Self.value + 8)
    }

    /// Ends for a thread whose process goes on; for one that is the last, where `isLast` is false.
    ///
    /// Before 6.16 the tracepoint does not say so. Two threads that end at the same time may both see that none is
    /// left, as in SystemTap.
    mutating func leaveUnlessLast(_ isLast: Bool = true) {
        if tasks.exitTellsLast {
            code.load(.double, .r1, .r6, 8)
            code.compute(.and, .r1, 1)
            code.jump(to: end, if: .r1, isLast ? .equal : .notEqual, 0)
            return
        }
        member(tasks.signals, size: 8, into: Self.work)
        member(tasks.liveThreads, size: 4, of: Self.work, into: Self.work)
        code.load(.double, .r1, .frame, Self.work)
        code.jump(to: end, if: .r1, isLast ? .notEqual : .equal, 0)
    }

    /// `PF_KTHREAD` of linux/sched.h.
    private static let kernelThread: Int32 = 0x0020_0000
}

extension Assembler {
    /// Puts a map into r1 and the address of a key, at a place of the stack, into r2: the first arguments of what is done
    /// with maps.
    mutating func name(_ map: Int32, key place: Int) {
        loadMap(.r1, descriptor: map)
        move(.r2, .frame)
        compute(.add, .r2, Int32(place))
    }

    /// r0 = where a map has the value of a key at a place of the stack; 0 where it has none.
    mutating func lookUp(_ map: Int32, key place: Int) {
        name(map, key: place)
        call(.mapLookup)
    }
}
