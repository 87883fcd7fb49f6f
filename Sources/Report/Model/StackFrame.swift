/// A frame of a backtrace without the address that differs from process to process.
public struct StackFrame: Sendable, Hashable {
    /// The function, as stap names it.
    public var symbol: String?
    /// The offset from the function's start or, without a function, from the module's.
    public var offset: UInt64?
    /// The executable's, library's or kernel module's path or name; `kernel` for the kernel itself.
    public var module: String?
    /// The address, where neither function nor module is known.
    public var address: UInt64?
    /// The source line (`FILE:LINE`), where the script printed it.
    public var source: String?
    /// Whether the kernel's unwinder guessed it (`(inexact)`).
    public var isInexact: Bool

    /// Creates a frame.
    public init(
        symbol: String? = nil, offset: UInt64? = nil, module: String? = nil, address: UInt64? = nil,
        source: String? = nil, isInexact: Bool = false
    ) {
        self.symbol = symbol
        self.offset = offset
        self.module = module
        self.address = address
        self.source = source
        self.isInexact = isInexact
    }

    /// The part of the module's path behind the last slash.
    var moduleName: String? {
        module.map { String($0.split(separator: "/").last ?? Substring($0)) }
    }
}

/// A backtrace, the innermost frame first.
public struct Stack: Sendable, Hashable {
    /// The frames; none where stap could not unwind at all.
    public var frames: [StackFrame]
    /// Whether the last frame is one that a thread starts in, so that nothing is missing below it, and no other one
    /// is of another stack.
    public var isComplete: Bool

    /// Creates a stack.
    public init(frames: [StackFrame]) {
        self.frames = frames
        self.isComplete = Self.endsInThreadStart(frames) && !Self.isMixed(frames)
    }

    /// Functions that threads, processes and the kernel's entries start in.
    private static let starts: Set<String> = [
        "_start", "main", "__libc_start_main", "__libc_start_call_main", "__libc_start_main_impl",
        "__libc_start_main_alias_1", "__libc_start_main_alias_2", "generic_start_main", "clone", "__clone",
        "clone3", "__clone3", "start_thread", "thread_start", "_dl_start_user", "ret_from_fork",
        "ret_from_fork_asm", "entry_SYSCALL_64_after_hwframe", "system_call_fastpath", "_dl_start",
    ]

    /// What the C library's file is called (`libc.so.6`, `libc-2.12.so`, `ld-musl-x86_64.so.1`).
    private static func isLibc(_ name: String) -> Bool {
        name.hasPrefix("libc.so") || name.hasPrefix("libc-") || name.hasPrefix("ld-musl")
    }

    /// Whether a function that threads start in is there twice: the frames of two processors' stacks were printed
    /// between each other.
    private static func isMixed(_ frames: [StackFrame]) -> Bool {
        var seen: Set<String> = []
        return frames.contains { frame in
            guard let name = frame.symbol.map(plainName), starts.contains(name) else { return false }
            return !seen.insert(name).inserted
        }
    }

    /// A symbol without its version and without the prefix of the C library's own aliases (`__GI___clone3`).
    private static func plainName(_ symbol: String) -> String {
        let name = String(symbol.prefix { $0 != "@" })
        return name.hasPrefix("__GI_") ? String(name.dropFirst(5)) : name
    }

    private static func endsInThreadStart(_ frames: [StackFrame]) -> Bool {
        guard let last = frames.last else { return false }
        if let symbol = last.symbol {
            // In the kernel the runtime's unwinder or the kernel's own has gone as far as there is stack.
            return starts.contains(plainName(symbol)) || (last.module == "kernel" && !last.isInexact)
        }
        // A libc without symbols shows what called 'main' as a bare offset.
        guard frames.count > 1, let module = last.moduleName, isLibc(module) else { return false }
        return frames[frames.count - 2].symbol == "main"
    }
}
