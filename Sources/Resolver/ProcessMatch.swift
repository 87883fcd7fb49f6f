import DebugInfo

/// What a probe point of a program, the kernel or a module stands for in one binary.
struct ProcessMatch {
    /// The places, by their kind.
    enum Places {
        /// Functions, statements, labels and callees; the variant decides what is caught at them.
        case sites([ProbeSite], ProbeVariant)
        /// Static marks.
        case marks([StaticMark])
        /// Calls through the linkage table, or returns of them.
        case linkage([LinkageEntry], isReturn: Bool)
        /// Something that happens to a process: `begin`, `thread.end`, `syscall.return`.
        case event(String, of: ResolvedEvent.Processes)
    }

    /// The binary that holds the places; nil where an event of any process is meant.
    var binary: Binary?
    var places: Places
    /// How stap lists it, around the part that says which place.
    var frame: Frame
    /// Why no process can run what an event names: stap lets that pass, and the probe never fires.
    var problem: DebugInfoError?
    /// The kernel's module that the binary is, `kernel` for the kernel itself; nil for a program's.
    var kernelModule: String?

    /// The parts of a listed point that are the same for all its places.
    struct Frame {
        /// `process("…")`, perhaps with `.library("…")`; `kernel`; `module("…")`.
        var program: String
        /// `function`, `statement`, `plt`; of marks with the provider, `provider`.
        var component: String
        /// What follows the place, with its dot.
        var suffix: String
        /// Whether the place is written as an address.
        var isNumber = false
    }
}
