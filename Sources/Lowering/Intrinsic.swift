/// A function of SystemTap's tapset that the engine has built in, so that no tapset needs to be installed.
///
/// The raw values are the tapset's names. Aliases of a function (`uint_arg` and `u32_arg`) are one case.
public enum Intrinsic: String, Sendable, CaseIterable {
    // Of the event.
    case pid, tid, ppid, uid, euid, gid, egid, execname, cpu, pexecname, target
    case sessionProcess = "stp_pid"
    case targetSet = "target_set_pid", targetSetReport = "target_set_report"
    case pp, ppfunc, probefunc, probemod, isReturn = "is_return", userMode = "user_mode"
    case uaddr, register, unsignedRegister = "u_register", returnval
    case intArgument = "int_arg", unsignedArgument = "uint_arg", longArgument = "long_arg"
    case taskCurrent = "task_current", taskPid = "task_pid", taskTid = "task_tid"
    case taskParent = "task_parent", taskExecname = "task_execname"

    // Time.
    case gettimeofdaySeconds = "gettimeofday_s", gettimeofdayMilliseconds = "gettimeofday_ms"
    case gettimeofdayMicroseconds = "gettimeofday_us", gettimeofdayNanoseconds = "gettimeofday_ns"
    case localClockSeconds = "local_clock_s", localClockMilliseconds = "local_clock_ms"
    case localClockMicroseconds = "local_clock_us", localClockNanoseconds = "local_clock_ns"
    case cpuClockSeconds = "cpu_clock_s", cpuClockMilliseconds = "cpu_clock_ms"
    case cpuClockMicroseconds = "cpu_clock_us", cpuClockNanoseconds = "cpu_clock_ns"
    case ctime, getCycles = "get_cycles", jiffies, HZ, randint

    // Memory of the traced program.
    case userString = "user_string", userStringWith = "user_string2"
    case userStringCount = "user_string_n", userStringCountWith = "user_string_n2"
    case userStringQuoted = "user_string_quoted", userStringCountQuoted = "user_string_n_quoted"
    case userStringNoFault = "user_string_nofault", userStringCountNoFault = "user_string_n_nofault"
    case userStringWarn = "user_string_warn", userStringCountWarn = "user_string_n_warn"
    case userBufferQuoted = "user_buffer_quoted"
    case userChar = "user_char", userShort = "user_short", userInt = "user_int", userLong = "user_long"
    case userUnsignedShort = "user_ushort", userUnsignedInt = "user_uint", userUnsignedLong = "user_ulong"
    case userInt8 = "user_int8", userInt16 = "user_int16", userInt32 = "user_int32", userInt64 = "user_int64"
    case userUInt8 = "user_uint8", userUInt16 = "user_uint16", userUInt32 = "user_uint32"
    case userUInt64 = "user_uint64"

    // Strings.
    case strlen, substr, strtol, isinstr, stringat, textStr = "text_str", textStrn = "text_strn"
    case stringQuoted = "string_quoted", strReplace = "str_replace", tokenize, isdigit
    case matched, matchedStr = "matched_str", ngroups

    // Stacks and symbols.
    case printUbacktrace = "print_ubacktrace", sprintUbacktrace = "sprint_ubacktrace", ubacktrace
    case printUbacktraceBrief = "print_ubacktrace_brief"
    case printUbacktraceFileline = "print_ubacktrace_fileline"
    case printUstack = "print_ustack", sprintUstack = "sprint_ustack"
    case printUsyms = "print_usyms", sprintUsyms = "sprint_usyms", ustack
    case printBacktrace = "print_backtrace", sprintBacktrace = "sprint_backtrace", backtrace
    case printStack = "print_stack", sprintStack = "sprint_stack"
    case printSyms = "print_syms", sprintSyms = "sprint_syms"
    /// What the kernel's stack is told by: addresses of 8 bytes, the innermost first. No script can call it.
    case kernelStack = "the kernel's stack"
    case usymname, usymdata, umodname, usymfile, usymline, usymfileline, symname, symdata

    // The session.
    case exit, abort, error, warn, log, assert

    // Layout.
    case indent, threadIndent = "thread_indent", indentDepth = "indent_depth"
    case threadIndentDepth = "thread_indent_depth"
    case ansiClearScreen = "ansi_clear_screen", ansiSetColor = "ansi_set_color"
    case ansiResetColor = "ansi_reset_color", ansiNewLine = "ansi_new_line"
    case ansiCursorMove = "ansi_cursor_move", ansiCursorHide = "ansi_cursor_hide"
    case ansiCursorShow = "ansi_cursor_show", ansiCursorSave = "ansi_cursor_save"
    case ansiCursorRestore = "ansi_cursor_restore"
}

extension Intrinsic {
    /// What a built-in function takes and gives.
    public struct Signature: Sendable {
        /// The types of its parameters; those behind the required ones may be left out.
        public var parameters: [ValueType]
        /// How many arguments there must be.
        public var required: Int
        /// What it returns; nil for nothing, which is read as the integer 0.
        public var result: ValueType?
        /// Where it can be evaluated.
        public var site: Site

        init(_ parameters: [ValueType] = [], required: Int? = nil, _ result: ValueType?, _ site: Site) {
            self.parameters = parameters
            self.required = required ?? parameters.count
            self.result = result
            self.site = site
        }

        init(_ result: ValueType?, _ site: Site) { self.init([], result, site) }
    }

    /// Where a function can be evaluated.
    public enum Site: Sendable {
        /// From its arguments alone, anywhere.
        case anywhere
        /// Where the event happens, since it reads the process's state or memory.
        case event
        /// In our process only: it needs files, or memory that a BPF program does not have. It sees the event's
        /// process, thread, time, registers and stack as they were when the event happened.
        case process
    }

    /// What it takes and gives.
    public var signature: Signature {
        switch self {
        case .pid, .tid, .ppid, .uid, .euid, .gid, .egid, .cpu, .isReturn, .userMode, .uaddr, .returnval,
            .taskCurrent:
            Signature(.integer, .event)
        case .target, .sessionProcess: Signature(.integer, .anywhere)
        case .targetSet, .taskPid, .taskTid, .taskParent: Signature([.integer], .integer, .event)
        case .execname, .pexecname, .pp, .ppfunc, .probefunc, .kernelStack: Signature(.text, .event)
        case .probemod: Signature(.text, .process)
        case .taskExecname: Signature([.integer], .text, .event)
        case .register, .unsignedRegister: Signature([.text], .integer, .event)
        case .intArgument, .unsignedArgument, .longArgument: Signature([.integer], .integer, .event)

        case .gettimeofdaySeconds, .gettimeofdayMilliseconds, .gettimeofdayMicroseconds,
            .gettimeofdayNanoseconds, .localClockSeconds, .localClockMilliseconds, .localClockMicroseconds,
            .localClockNanoseconds, .getCycles, .jiffies:
            Signature(.integer, .event)
        case .cpuClockSeconds, .cpuClockMilliseconds, .cpuClockMicroseconds, .cpuClockNanoseconds:
            Signature([.integer], .integer, .event)
        case .HZ: Signature(.integer, .anywhere)
        case .randint: Signature([.integer], .integer, .event)
        case .ctime: Signature([.integer], required: 0, .text, .process)

        case .userString, .userStringQuoted, .userStringNoFault: Signature([.integer], .text, .event)
        case .userStringWith: Signature([.integer, .text], .text, .event)
        case .userStringCount, .userStringCountNoFault: Signature([.integer, .integer], .text, .event)
        case .userStringCountQuoted, .userBufferQuoted:
            Signature([.integer, .integer, .integer], required: 2, .text, .event)
        case .userStringCountWith: Signature([.integer, .integer, .text], .text, .event)
        case .userStringWarn: Signature([.integer, .text], required: 1, .text, .event)
        case .userStringCountWarn: Signature([.integer, .integer, .text], required: 2, .text, .event)
        case .userChar, .userShort, .userInt, .userLong, .userUnsignedShort, .userUnsignedInt,
            .userUnsignedLong, .userInt8, .userInt16, .userInt32, .userInt64, .userUInt8, .userUInt16,
            .userUInt32, .userUInt64:
            Signature([.integer], .integer, .event)

        case .strlen: Signature([.text], .integer, .anywhere)
        case .substr: Signature([.text, .integer, .integer], .text, .anywhere)
        case .stringat: Signature([.text, .integer], .integer, .anywhere)
        case .strtol: Signature([.text, .integer], .integer, .anywhere)
        case .isinstr: Signature([.text, .text], .integer, .anywhere)
        case .isdigit: Signature([.text], .integer, .anywhere)
        case .textStr, .stringQuoted: Signature([.text], .text, .anywhere)
        case .textStrn: Signature([.text, .integer, .integer], .text, .anywhere)
        case .strReplace: Signature([.text, .text, .text], .text, .process)
        case .tokenize: Signature([.text, .text], required: 1, .text, .process)
        case .matched: Signature([.integer], .text, .process)
        case .matchedStr: Signature(.text, .process)
        case .ngroups: Signature(.integer, .process)

        case .printUbacktrace, .printUbacktraceBrief, .printUbacktraceFileline, .printBacktrace:
            Signature(nil, .process)
        case .sprintUbacktrace, .ubacktrace, .sprintBacktrace, .backtrace: Signature(.text, .process)
        case .targetSetReport: Signature(nil, .process)
        case .printUstack, .printUsyms, .printStack, .printSyms: Signature([.text], nil, .process)
        case .sprintUstack, .sprintUsyms, .sprintStack, .sprintSyms: Signature([.text], .text, .process)
        case .ustack: Signature([.integer], .integer, .process)
        case .usymname, .usymdata, .umodname, .usymfile, .usymline, .usymfileline, .symname, .symdata:
            Signature([.integer], .text, .process)

        case .exit, .abort: Signature(nil, .anywhere)
        case .error, .warn, .log: Signature([.text], nil, .anywhere)
        case .assert: Signature([.integer, .text], required: 1, nil, .anywhere)

        case .indent, .threadIndent: Signature([.integer], .text, .process)
        case .indentDepth, .threadIndentDepth: Signature([.integer], .integer, .process)
        case .ansiClearScreen, .ansiResetColor, .ansiNewLine, .ansiCursorHide, .ansiCursorShow,
            .ansiCursorSave, .ansiCursorRestore:
            Signature(nil, .anywhere)
        case .ansiSetColor: Signature([.integer, .integer, .integer], required: 1, nil, .anywhere)
        case .ansiCursorMove: Signature([.integer, .integer], nil, .anywhere)
        }
    }

    /// What the tapset's function asks of the event besides: arguments behind a call's own ones.
    ///
    /// - Parameter count: How many arguments the call has.
    /// - Returns: Functions without arguments, in the order of their values.
    public func implied(behind count: Int) -> [Intrinsic] {
        switch self {
        case .ctime where count == 0: [.gettimeofdaySeconds]
        case .indent: [.gettimeofdayMicroseconds]
        case .printBacktrace, .sprintBacktrace, .backtrace: [.kernelStack]
        case .threadIndent: [.gettimeofdayMicroseconds, .execname]
        default: []
        }
    }

    /// The built-in function that a script calls by a name.
    public static func named(_ name: String) -> Intrinsic? {
        Intrinsic(rawValue: name) ?? aliases[name]
    }

    /// Other names of the tapset for the same functions.
    private static let aliases: [String: Intrinsic] = [
        "target_set": .targetSet, "cpuid": .cpu, "pn": .pp,
        "s32_arg": .intArgument, "u32_arg": .unsignedArgument, "s64_arg": .longArgument,
        "u64_arg": .longArgument, "ulong_arg": .longArgument, "longlong_arg": .longArgument,
        "ulonglong_arg": .longArgument, "pointer_arg": .longArgument,
        "ansi_set_color2": .ansiSetColor, "ansi_set_color3": .ansiSetColor,
    ]
}
