public import DebugInfo
public import Diagnostics
public import Resolver

/// One thing that is probed, and what runs then.
public struct ProbeBinding: Sendable {
    /// When it runs.
    public enum Event: Sendable, Equatable {
        /// The session begins; handlers run by their numbers.
        case begin(order: Int64)
        /// The session ends.
        case end(order: Int64)
        /// The session ends by an error.
        case error(order: Int64)
        /// A time has passed, give or take up to `randomize`, both in nanoseconds.
        case timer(nanoseconds: Int64, randomize: Int64)
        /// An instruction of a program is reached.
        case address(ProgramAddress)
        /// The function that begins at the address returns.
        case functionReturn(ProgramAddress)
        /// A tracepoint of the kernel; its system where that is known.
        case tracepoint(system: String?, name: String)
        /// A function of the kernel or of a module is called or returns.
        case kernelFunction(KernelFunction, isReturn: Bool)
        /// A process or a thread begins or ends.
        case process(ProcessEvent, of: Processes)
        /// A counter of a processor has advanced, while one of the processes runs on it.
        case sample(PerformanceCounter, of: Processes)
    }

    /// What happens to a process; the raw values are the components of stap's points.
    public enum ProcessEvent: String, Sendable {
        /// It begins: as a copy of another, or with the program that it executes, or with the session where it runs
        /// already.
        case begin
        /// It ends, or executes another program.
        case end
        /// A thread that is not the process's first begins, or was there when the session began.
        case threadBegin = "thread.begin"
        /// A thread ends, and its process goes on.
        case threadEnd = "thread.end"
    }

    /// The processes that an event is of; with a target, of those only the target and its descendants.
    public enum Processes: Sendable, Hashable {
        /// Every one.
        case all
        /// The one with this id.
        case id(Int32)
        /// Those that run the file of this path.
        case program(String)
    }

    /// When it runs.
    public var event: Event
    /// What runs, an index into ``Program/handlers``.
    public var handler: Int
    /// `pp()`: the point as stap would write it, resolved.
    public var text: String
    /// `ppfunc()`, `probefunc()`: the function, or the empty string.
    public var function: String
    /// Where the operands of `@entry` are evaluated, if not at the function's first instruction.
    public var saving: SavingPlace?
    /// Where the probe point stands.
    public var range: SourceRange

    /// Creates a binding.
    public init(event: Event, handler: Int, text: String, function: String, range: SourceRange) {
        self.event = event
        self.handler = handler
        self.text = text
        self.function = function
        self.range = range
    }
}

/// A function of the kernel, known by its symbol.
public struct KernelFunction: Sendable, Hashable {
    /// The symbol.
    public var name: String
    /// The module that has it, as lsmod(8) shows it; nil is the kernel itself.
    public var module: String?

    /// Creates a function of a module that a script names by its name or its file, or of the kernel itself.
    init(name: String, module: String?) {
        self.name = name
        self.module = module.map { module in
            KernelModules.moduleName(ofFile: module) ?? KernelModules.normalized(module)
        }
    }
}

/// An instruction of a program's file.
public struct ProgramAddress: Sendable, Hashable {
    /// The file's absolute path.
    public var path: String
    /// The address in the file's own address space.
    public var address: UInt64
    /// The counter that is raised while somebody watches, in the file's own address space.
    public var semaphore: UInt64?

    /// Creates an address.
    public init(path: String, address: UInt64, semaphore: UInt64? = nil) {
        self.path = path
        self.address = address
        self.semaphore = semaphore
    }
}
