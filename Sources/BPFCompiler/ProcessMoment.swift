public import Lowering

/// Where the kernel tells what happens to processes; the raw values are its tracepoints.
public enum ProcessMoment: String, Sendable, CaseIterable {
    /// A process or thread has been made, and does not run yet: the event is the new one's, but its parent is at work.
    case fork = "sched_process_fork"
    /// A process has begun another program.
    case exec = "sched_process_exec"
    /// A thread ends.
    case exit = "sched_process_exit"

    /// Which of the tracepoint's arguments is the task that the event is of.
    var task: Int { self == .fork ? 1 : 0 }
}

extension ProbeBinding.ProcessEvent {
    /// Where it happens.
    public var moments: [ProcessMoment] {
        switch self {
        case .begin: [.fork, .exec]
        case .end: [.exec, .exit]
        case .threadBegin: [.fork]
        case .threadEnd: [.exit]
        }
    }

    /// Whether it also happens to what is there when the session begins.
    public var isBeginning: Bool { self == .begin || self == .threadBegin }

    /// Whether it is of threads that are not alone in their process.
    public var isOfThread: Bool { self == .threadBegin || self == .threadEnd }
}

extension ProbeBinding.Event {
    /// Where an event of processes happens; empty for others.
    public var moments: [ProcessMoment] {
        if case .process(let event, _) = self { event.moments } else { [] }
    }
}
