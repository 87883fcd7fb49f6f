import BPF
import Diagnostics
import Lowering

/// What the kernel knows of tasks.
extension HandlerCompiler {
    /// Leaves what a function tells of a task in r0; whether it is such a function.
    func task(_ intrinsic: Intrinsic, _ arguments: [Term], at range: SourceRange) -> Bool {
        switch intrinsic {
        case .taskCurrent:
            eventTask()
            return true
        case .taskPid, .taskTid, .taskParent, .ppid, .euid, .egid: break
        // The kernel tells these of the task that runs.
        case .pid, .tid, .uid, .gid: guard isOfOtherTask else { return false }
        default: return false
        }
        guard let tasks = options.tasks() else {
            report(.kernelTypes(intrinsic.rawValue), at: range)
            return true
        }
        func member(_ place: Int, _ size: Int, isSigned: Bool = true) {
            code.compute(.add, .r0, Int32(place))
            load(size, intrinsic.rawValue, isOfKernel: true, at: range)
            extend(size, isSigned)
        }
        if let task = arguments.first { emit(task) } else { eventTask() }
        switch intrinsic {
        case .taskPid, .pid: member(tasks.process, 4)
        case .taskTid, .tid: member(tasks.thread, 4)
        case .taskParent: member(tasks.parent, 8)
        case .ppid:
            member(tasks.parent, 8)
            member(tasks.process, 4)
        default:
            member(tasks.rights, 8)
            let place =
                switch intrinsic {
                case .uid: tasks.user
                case .gid: tasks.group
                case .euid: tasks.effectiveUser
                default: tasks.effectiveGroup
                }
            member(place, 4, isSigned: false)
        }
        return true
    }

    /// Where the name of a task is: of a given one, of the event's, or of that one's parent.
    func taskName(_ intrinsic: Intrinsic, _ arguments: [Term], at range: SourceRange) -> TextPlace {
        let result = scratch.text()
        let isRead = code.label()
        guard let tasks = options.tasks() else {
            report(.kernelTypes(intrinsic.rawValue), at: range)
            return .literal([])
        }
        if let task = arguments.first {
            emit(task)
        } else {
            eventTask()
            if intrinsic == .pexecname {
                code.compute(.add, .r0, Int32(tasks.parent))
                load(8, intrinsic.rawValue, isOfKernel: true, at: range)
            }
        }
        code.compute(.add, .r0, Int32(tasks.name))
        let pointer = keep()
        address(.r1, result + 8)
        code.move(.r2, 16)
        code.move(.r3, .r0)
        code.call(.readKernelText)
        code.jump(to: isRead, if: .r0, .signedGreater, 0)
        code.load(.double, .r0, .r9, pointer)
        fail(.read(intrinsic.rawValue), at: range)
        code.place(isRead)
        code.compute(.subtract, .r0, 1)
        address(.r1, result)
        code.store(.double, .r1, 0, .r0)
        return .place(result)
    }
}

extension Intrinsic {
    /// Whether it tells something of the traced program's registers or stack.
    var readsRegisters: Bool {
        switch self {
        case .uaddr, .register, .unsignedRegister, .returnval, .intArgument, .unsignedArgument, .longArgument,
            .sprintUbacktrace,
            .ubacktrace, .ustack, .printUbacktrace, .printUbacktraceBrief, .printUbacktraceFileline:
            true
        default: false
        }
    }
}
