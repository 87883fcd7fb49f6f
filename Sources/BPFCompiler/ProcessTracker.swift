public import BPF
import Lowering

/// The programs that keep the ``ProcessTable``.
///
/// Each runs between the handlers of what ends and the handlers of what begins at its tracepoint.
public struct ProcessTracker: Sendable {
    private let table: ProcessTable
    private let tasks: TaskLayout
    private let maps: RuntimeMaps

    /// Prepares the programs for a table.
    public init(_ table: ProcessTable, _ tasks: TaskLayout, maps: RuntimeMaps) {
        (self.table, self.tasks, self.maps) = (table, tasks, maps)
    }

    /// The program for a tracepoint.
    public func program(at moment: ProcessMoment) throws(Assembler.JumpTooFar) -> ProgramCode {
        var task = TaskAssembler(tasks, moment)
        switch moment {
        case .fork: fork(&task)
        case .exec: exec(&task)
        case .exit: exit(&task)
        }
        return try task.assemble()
    }

    private func fork(_ task: inout TaskAssembler) {
        task.leaveUnlessProcess()
        // The parent, which is at work, has what the child gets.
        task.code.move(.r8, 0)
        let unknown = task.code.label()
        task.code.call(.currentProcess)
        task.code.compute(.shiftRight, .r0, 32)
        task.code.store(.double, .frame, TaskAssembler.key, .r0)
        task.code.store(.double, .frame, TaskAssembler.value + 8, .r0)
        task.lookUp(maps.processes)
        task.code.jump(to: unknown, if: .r0, .equal, 0)
        task.code.load(.double, .r8, .r0, 0)
        task.code.move(.r1, Int64(bitPattern: table.inherited))
        task.code.compute(.and, .r8, .r1)
        task.code.place(unknown)
        if !table.isOfTarget { task.code.compute(.or, .r8, Int32(ProcessTable.counted)) }
        task.code.jump(to: task.end, if: .r8, .equal, 0)
        task.member(tasks.process, size: 4, into: TaskAssembler.key)
        put(&task)
    }

    private func exec(_ task: inout TaskAssembler) {
        let (unknown, isKnown, isCounted, isDone) = (
            task.code.label(), task.code.label(), task.code.label(), task.code.label()
        )
        task.member(tasks.process, size: 4, into: TaskAssembler.key)
        task.code.move(.r8, 0)
        task.lookUp(maps.processes)
        task.code.jump(to: unknown, if: .r0, .equal, 0)
        task.code.load(.double, .r8, .r0, 0)
        task.code.compute(.and, .r8, Int32(ProcessTable.targetSet))
        task.code.load(.double, .r1, .r0, 8)
        task.code.store(.double, .frame, TaskAssembler.value + 8, .r1)
        task.code.jump(to: isKnown)
        task.code.place(unknown)
        task.member(tasks.parent, size: 8, into: TaskAssembler.value + 8)
        task.member(tasks.process, size: 4, of: TaskAssembler.value + 8, into: TaskAssembler.value + 8)
        task.code.place(isKnown)
        if table.isOfTarget {
            task.code.jump(to: isCounted, if: .r8, .notEqual, 0)
            task.code.jump(to: isDone)
        }
        task.code.place(isCounted)
        task.code.compute(.or, .r8, Int32(ProcessTable.counted))
        if !table.paths.isEmpty {
            task.member(tasks.memory, size: 8, into: TaskAssembler.work)
            task.member(tasks.programFile, size: 8, of: TaskAssembler.work, into: TaskAssembler.work)
            task.member(tasks.inode, size: 8, of: TaskAssembler.work, into: TaskAssembler.work)
            for index in table.paths.indices {
                let isOther = task.code.label()
                task.code.loadMapValue(
                    .r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.inode(index)))
                task.code.load(.double, .r1, .r1, 0)
                task.code.load(.double, .r2, .frame, TaskAssembler.work)
                task.code.jump(to: isOther, if: .r2, .equal, 0)
                task.code.jump(to: isOther, if: .r1, .notEqual, .r2)
                task.code.move(.r1, Int64(bitPattern: table.bit(ofPath: index)))
                task.code.compute(.or, .r8, .r1)
                task.code.place(isOther)
            }
        }
        task.code.place(isDone)
        let isSomething = task.code.label()
        task.code.jump(to: isSomething, if: .r8, .notEqual, 0)
        remove(&task)
        task.code.jump(to: task.end)
        task.code.place(isSomething)
        put(&task)
    }

    private func exit(_ task: inout TaskAssembler) {
        task.leaveUnlessLast()
        task.member(tasks.process, size: 4, into: TaskAssembler.key)
        remove(&task)
    }

    /// Puts the bits in r8 and the parent into the table; a full one is counted, as events are missed then.
    private func put(_ task: inout TaskAssembler) {
        task.code.store(.double, .frame, TaskAssembler.value, .r8)
        task.code.name(maps.processes, key: TaskAssembler.key)
        task.code.move(.r3, .frame)
        task.code.compute(.add, .r3, Int32(TaskAssembler.value))
        task.code.move(.r4, 0)
        task.code.call(.mapUpdate)
        task.code.jump(to: task.end, if: .r0, .equal, 0)
        task.code.loadMapValue(
            .r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.skippedProbes))
        task.code.move(.r2, 1)
        task.code.atomicAdd(.r1, 0, .r2)
    }

    private func remove(_ task: inout TaskAssembler) {
        task.code.name(maps.processes, key: TaskAssembler.key)
        task.code.call(.mapDelete)
    }

    /// The program that learns which inode an open file of this process has, as the kernel knows it: inodes' numbers are
    /// not unique, and a file system may show others than it uses.
    public func learner(ofPath index: Int, descriptor: Int32) throws(Assembler.JumpTooFar) -> ProgramCode {
        var task = TaskAssembler(tasks, nil)
        task.code.call(.currentTask)
        task.code.store(.double, .frame, TaskAssembler.work, .r0)
        for place in [tasks.files, tasks.table, tasks.descriptors, Int(descriptor) * 8, tasks.inode] {
            task.member(place, size: 8, of: TaskAssembler.work, into: TaskAssembler.work)
        }
        task.code.loadMapValue(
            .r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.inode(index)))
        task.code.load(.double, .r2, .frame, TaskAssembler.work)
        task.code.store(.double, .r1, 0, .r2)
        return try task.assemble()
    }
}
