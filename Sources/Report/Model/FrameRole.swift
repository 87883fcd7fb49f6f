/// What a frame tells of whether its stack is whole.
///
/// It is read off a frame's names once, however many stacks the frame is in.
struct FrameRole: Sendable {
    /// The function that threads start in which the frame is of, as a bit of its own; 0 where it is of none.
    private let start: UInt32
    /// Whether a stack may end with it.
    private let isEnd: Bool
    /// Whether a stack may end with it behind `main`: a libc without symbols shows what calls that as a bare offset.
    private let isEndBehindMain: Bool
    private let isMain: Bool
    /// Whether only a program's entry point calls it, which stripped programs have no name for.
    private let isCalledByEntry: Bool
    /// Whether a stack may consist of it alone: the dynamic linker's first instructions have no name.
    private let isEndAlone: Bool

    /// Functions that threads, processes and the kernel's entries start in.
    private static let starts = [
        "_start", "main", "__libc_start_main", "__libc_start_call_main", "__libc_start_main_impl",
        "__libc_start_main_alias_1", "__libc_start_main_alias_2", "generic_start_main", "clone", "__clone",
        "clone3", "__clone3", "start_thread", "thread_start", "_dl_start_user", "ret_from_fork",
        "ret_from_fork_asm", "entry_SYSCALL_64_after_hwframe", "system_call_fastpath", "_dl_start",
    ]

    init(of frame: StackFrame) {
        guard let symbol = frame.symbol else {
            start = 0
            isEnd = false
            isEndBehindMain = frame.moduleName.map(Self.isLibc) ?? false
            isMain = false
            isCalledByEntry = false
            isEndAlone = frame.moduleName?.hasPrefix("ld-linux") == true
            return
        }
        let name = Self.plainName(symbol)
        start = Self.starts.firstIndex(of: name).map { 1 << $0 } ?? 0
        // In the kernel the runtime's unwinder or the kernel's own has gone as far as there is stack.
        isEnd = start != 0 || (frame.module == "kernel" && !frame.isInexact)
        isEndBehindMain = false
        isEndAlone = false
        isMain = symbol == "main"
        // glibc's and musl's first C functions, and those of the dynamic linker.
        isCalledByEntry =
            name.hasPrefix("__libc_start_main")
            || ["generic_start_main", "_dl_start", "_dl_init"].contains(name)
    }

    /// Whether a stack of frames with these roles, the innermost first, ends where threads start, and nowhere before.
    ///
    /// A start that is there twice means frames of two processors' stacks, printed between each other. No frames are all
    /// that there are of a program that has just begun, or of the kernel's threads.
    static func areComplete(_ roles: some Sequence<FrameRole>) -> Bool {
        var seen: UInt32 = 0
        var isAtEnd = true
        var inner: FrameRole?
        for role in roles {
            if seen & role.start != 0 { return false }
            seen |= role.start
            isAtEnd =
                role.isEnd || inner?.isCalledByEntry == true || (inner == nil && role.isEndAlone)
                || (inner?.isMain == true && role.isEndBehindMain)
            inner = role
        }
        return isAtEnd
    }

    /// What the C library's file is called (`libc.so.6`, `libc-2.12.so`, `ld-musl-x86_64.so.1`).
    private static func isLibc(_ name: String) -> Bool {
        name.hasPrefix("libc.so") || name.hasPrefix("libc-") || name.hasPrefix("ld-musl")
    }

    /// A symbol without its version and without the prefix of the C library's own aliases (`__GI___clone3`).
    private static func plainName(_ symbol: String) -> String {
        let name = String(symbol.prefix { $0 != "@" })
        return name.hasPrefix("__GI_") ? String(name.dropFirst(5)) : name
    }
}
