public import Diagnostics

/// Something that stap, staprun or the kernel's runtime said on stderr, by what it means.
public struct StapMessage: Sendable, Hashable {
    /// How bad it is.
    public var severity: Severity
    /// What it means.
    public var kind: Kind
    /// The text as it came, without `ERROR:`/`WARNING:` in front.
    public var text: String
    /// Where in the expanded script, where it says so and the place lies in it.
    public var place: Place?
    /// Where in another file (a tapset), as it was printed.
    public var foreignPlace: String?

    /// A 1-based line and byte column of the expanded script.
    public struct Place: Sendable, Hashable {
        /// The line, from 1.
        public var line: Int
        /// The column, from 1.
        public var column: Int

        /// Creates a place.
        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// What a message means.
    public enum Kind: Sendable, Hashable {
        // Of the translator, passes 1 to 4.
        /// The script does not parse.
        case parseError
        /// A `$variable` is not there: its name and what is.
        case unknownVariable(name: String, alternatives: [String])
        /// A structure has no such member.
        case unknownMember(name: String, type: String, alternatives: [String])
        /// A probe point matched nothing.
        case unresolvedProbe(alternatives: [String])
        /// Another semantic error.
        case semanticError
        /// A pass failed; the errors before it say why.
        case passFailed(Int)
        /// The kernel's build tree is not there.
        case missingBuildTree(path: String)
        /// No debug info for this module or file.
        case missingDebugInfo(file: String)
        /// The kernel has no symbol table for stap to read; kernel.function probes find nothing.
        case missingKernelSymbols
        /// The C compiler refused the module: what it said first.
        case compilerError(String)
        /// The runtime and the kernel disagree about `task_work_cancel`; see ``RuntimePatch``.
        case taskWorkMismatch
        /// The script needs guru mode (`-g`).
        case needsGuru
        // Of staprun and the kernel's module loader.
        /// The kernel did not take the module.
        case moduleRefused(ModuleRefusal)
        /// The user may not run modules.
        case noPermission
        /// A module of this name is loaded already.
        case moduleInUse(String)
        /// The module is of another kernel release or version.
        case kernelMismatch
        /// Something that staprun needs is not there: debugfs, its control channel.
        case controlChannelUnavailable
        // Limits of the runtime.
        /// A limit was hit.
        case limitHit(LimitName)
        /// Functions nested too deep (`MAXNESTING`).
        case nestingExceeded
        /// Probes took too much time; see `STP_NO_OVERLOAD`.
        case overload
        /// Output that the transport buffer could not take.
        case transportFailures(UInt64, bufferMegabytes: Int?)
        /// The final count of errors and skipped probes.
        case errorCounts(errors: UInt64, skipped: UInt64)
        /// Probes skipped for one reason.
        case skipped(SkipReason, count: UInt64)
        // What a probe handler met.
        /// Memory that was not there was read; the address where it says so.
        case readFault(address: UInt64?)
        /// Memory that was not there was to be written.
        case writeFault(address: UInt64?)
        /// A register could not be read.
        case registerFault
        /// A division by zero.
        case divisionByZero
        /// A sum grew over 64 bits.
        case aggregationOverflow
        /// An aggregate without values was asked for a number that needs one.
        case emptyAggregate
        /// Another run-time error of the script.
        case scriptError
        // Degradations.
        /// A stack could not be unwound further for want of this file's unwind data.
        case missingUnwindData(module: String)
        /// A file is not the one that the module was compiled for.
        case buildIDMismatch(file: String)
        /// A probe could not be registered.
        case registrationFailed(probe: String, code: Int)
        /// The started program ended with another status than 0.
        case childStatus
        /// Nothing that is known: kept as it came.
        case other
    }

    /// Why the kernel did not take a module.
    public enum ModuleRefusal: Sendable, Hashable {
        /// It is not signed and the kernel wants it to be (Secure Boot, lockdown).
        case notSigned
        /// The caller may not (not root, lockdown).
        case notPermitted
        /// It was built for another kernel.
        case invalidFormat
        /// It needs symbols that the kernel does not have.
        case unknownSymbol
        /// It is loaded already.
        case exists
        /// The kernel takes no modules at all.
        case notSupported
        /// Too little memory.
        case noMemory
        /// Another reason, in the kernel's words.
        case other(String)
    }

    /// Why probe hits were skipped.
    public enum SkipReason: Sendable, Hashable {
        /// A global's lock was not free in time (`MAXTRYLOCK`).
        case lockTimeout(global: String)
        /// Too little kernel stack was left.
        case lowStack
        /// A probe hit within a probe.
        case reentrancy
        /// A uprobe could not be set.
        case uprobeRegistration
        /// A uprobe could not be taken away.
        case uprobeUnregistration
        /// The built-in engine: more handlers than there is room for were under way on a processor.
        case busy
        /// The built-in engine: functions were too deep in each other for the kernel to tell their returns.
        case missedReturns
        /// A kprobe or kretprobe was missed; its name.
        case missedKprobe(String)
    }

    /// Creates a message.
    public init(
        _ severity: Severity, _ kind: Kind, text: String, place: Place? = nil, foreignPlace: String? = nil
    ) {
        self.severity = severity
        self.kind = kind
        self.text = text
        self.place = place
        self.foreignPlace = foreignPlace
    }
}
