import BPF
import Diagnostics
import Lowering

/// Events of processes.
extension HandlerCompiler {
    /// Ends the program where its tracepoint tells of something else than the probe's event.
    func requireEvent(_ end: Assembler.Label) {
        guard let moment, case .process(let event, let processes) = probe.event, let table else { return }
        guard let tasks = options.tasks() else {
            return report(.kernelTypes(event.rawValue), at: probe.range)
        }
        guard table.hasRoom else { return report(.programs, at: probe.range) }
        var task = TaskAssembler(continuing: code, tasks, moment, end: end)
        switch (moment, event.isOfThread) {
        case (.fork, false): task.leaveUnlessProcess()
        case (.fork, true): task.leaveUnlessThread()
        case (.exec, _): break
        case (.exit, let isOfThread): task.leaveUnlessLast(!isOfThread)
        }
        task.member(tasks.process, size: 4, into: TaskAssembler.key)
        task.lookUp(maps.processes)
        code = task.code
        requireBit(of: processes, in: table, end)
    }

    /// Ends the program unless r0 is where the table has a process with the bit of some.
    func requireBit(of processes: ProbeBinding.Processes, in table: ProcessTable, _ end: Assembler.Label) {
        code.jump(to: end, if: .r0, .equal, 0)
        code.load(.double, .r1, .r0, 0)
        code.move(.r2, Int64(bitPattern: table.bit(of: processes)))
        code.compute(.and, .r1, .r2)
        code.jump(to: end, if: .r1, .equal, 0)
    }

    /// Ends a program's probe in the processes that do the tracing, which would trace what tracing makes them do.
    ///
    /// With a target, they are none of it.
    func refuseOwnProcesses(_ end: Assembler.Label) {
        guard probe.event.hasRegisters, !options.hasTarget else { return }
        code.call(.currentProcess)
        code.compute(.shiftRight, .r0, 32)
        for process in [Symbol.ownProcess, .helperProcess] {
            code.move(.r1, process)
            code.jump(to: end, if: .r0, .equal, .r1)
        }
    }

    /// Ends the program in a process that is neither the target nor descends from it.
    func requireTargetSet(_ end: Assembler.Label) {
        code.call(.currentProcess)
        code.compute(.shiftRight, .r0, 32)
        code.store(.double, .frame, TaskAssembler.key, .r0)
        code.lookUp(maps.processes, key: TaskAssembler.key)
        code.jump(to: end, if: .r0, .equal, 0)
        code.load(.double, .r1, .r0, 0)
        code.compute(.and, .r1, Int32(ProcessTable.targetSet))
        code.jump(to: end, if: .r1, .equal, 0)
    }

    /// r0 = the task that the event is of.
    func eventTask() {
        guard let moment, moment.task != 0 else { return code.call(.currentTask) }
        code.load(.double, .r0, .r6, moment.task * 8)
    }

    /// Whether the task that the event is of is another than the one that runs.
    var isOfOtherTask: Bool { moment == .fork }

    /// r0 = the process in the upper half and the thread in the lower, as `bpf_get_current_pid_tgid` gives them.
    func processAndThread() {
        guard isOfOtherTask, let tasks = options.tasks() else { return code.call(.currentProcess) }
        let (process, thread) = (scratch.integer(), scratch.integer())
        for (place, offset) in [(process, tasks.process), (thread, tasks.thread)] {
            code.store(.double, .r9, place, constant: 0)
            eventTask()
            code.move(.r3, .r0)
            code.compute(.add, .r3, Int32(offset))
            address(.r1, place)
            code.move(.r2, 4)
            code.call(.readKernel)
        }
        code.load(.double, .r0, .r9, process)
        code.compute(.shiftLeft, .r0, 32)
        code.load(.double, .r1, .r9, thread)
        code.compute(.or, .r0, .r1)
    }

    /// r0 = whether a process is the target or descends from it.
    func isInTargetSet(_ process: Term) {
        let (unknown, end) = (code.label(), code.label())
        emit(process)
        let key = keep()
        mapCall(.mapLookup, maps.processes, key: key)
        code.jump(to: unknown, if: .r0, .equal, 0)
        code.load(.double, .r0, .r0, 0)
        code.compute(.and, .r0, Int32(ProcessTable.targetSet))
        code.jump(to: end)
        code.place(unknown)
        code.move(.r0, 0)
        code.place(end)
    }
}

/// Handlers that also run for processes that were there before the session, in this process.
extension HandlerCompiler {
    /// Refuses what only a program in the kernel could tell of a process.
    func refuseForRunning() {
        func refuse(_ term: Term) {
            switch term.kind {
            case .read(let read): report(.ofRunning(read.text), at: term.range)
            case .intrinsic(let intrinsic, _) where intrinsic.signature.site == .event:
                guard !intrinsic.isToldOfRunning else { return }
                report(.ofRunning(intrinsic.rawValue), at: term.range)
            default: break
            }
        }
        func refuse(_ actions: [Action]) {
            for action in actions {
                _ = action.rewritten { term in
                    refuse(term)
                    return nil
                }
            }
        }
        _ = handler.condition?.rewritten { term in
            refuse(term)
            return nil
        }
        refuse(handler.body)
        for function in program.functions(calledBy: handler.body) { refuse(program.functions[function].body) }
    }
}

extension Intrinsic {
    /// Whether `/proc` or the session tells it of a process that runs.
    fileprivate var isToldOfRunning: Bool {
        switch self {
        case .pid, .tid, .ppid, .uid, .euid, .gid, .egid, .execname, .pexecname, .cpu, .pp, .ppfunc,
            .probefunc,
            .isReturn, .userMode, .targetSet, .gettimeofdaySeconds, .gettimeofdayMilliseconds,
            .gettimeofdayMicroseconds, .gettimeofdayNanoseconds, .localClockSeconds, .localClockMilliseconds,
            .localClockMicroseconds, .localClockNanoseconds, .cpuClockSeconds, .cpuClockMilliseconds,
            .cpuClockMicroseconds, .cpuClockNanoseconds, .jiffies, .randint, .kernelStack:
            true
        default: false
        }
    }
}
