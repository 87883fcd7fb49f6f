/// The callers of a thread at a probe.
public struct Backtrace: Sendable, Hashable {
    /// Where the thread is, then where each caller goes on: return addresses, as stap prints them.
    public var programCounters: [UInt64]
    /// Why there are no more.
    public var end: End

    /// Creates a backtrace.
    public init(programCounters: [UInt64], end: End) {
        (self.programCounters, self.end) = (programCounters, end)
    }

    /// Why a backtrace ends where it does.
    public enum End: Sendable, Hashable {
        /// The outermost function has no caller.
        case complete
        /// So many were asked for.
        case limit
        /// Something is missing.
        case cut(Cut)
    }

    /// Why the callers beyond a point are not known.
    public enum Cut: Sendable, Hashable {
        /// The copy of the stack ends before what is needed.
        case shortCopy
        /// Something is needed that lies elsewhere than in the copied stack, at this address: a signal handler's own
        /// stack, say, or the stack is damaged.
        case unknownMemory(UInt64)
        /// A register is needed that a caller did not keep.
        case unknownRegister(Int)
        /// The module of this name says nothing about the code; empty for memory without a file, as programs that
        /// compile while they run use.
        case noUnwindData(module: String)
        /// What the module of this name says can't be carried out.
        case badUnwindData(module: String)
        /// The module of this name could not be read, and why.
        case unreadableModule(String, reason: String)
        /// No code is at this return address: the stack is damaged.
        case noCode(UInt64)
        /// The caller's frame would not lie further out: the stack is damaged.
        case notOutward
        /// A return probe hides the return address.
        case hiddenReturn
    }
}
