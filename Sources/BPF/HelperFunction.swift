/// The kernel's functions that programs may call: `enum bpf_func_id` of linux/bpf.h, with the kernel that first
/// has them where that is not older than 5.10.
public enum HelperFunction: Int32, Sendable {
    case mapLookup = 1
    case mapUpdate = 2
    case mapDelete = 3
    case timeNanoseconds = 5
    case random = 7
    case processor = 8
    case currentProcess = 14
    case currentUser = 15
    case currentName = 16
    case currentTask = 35
    case probeWriteUser = 36
    case stack = 67
    case readUser = 112
    case readKernel = 113
    case readUserText = 114
    case readKernelText = 115
    case ringOutput = 130
    /// 5.15, for uprobes.
    case functionAddress = 173
    /// 5.15.
    case attachCookie = 174
    /// 5.17.
    case loop = 181
    /// 5.19.
    case mapLookupOfProcessor = 195
    /// 5.10, in programs that may sleep.
    case copyFromUser = 148
    /// 5.6.
    case jiffies = 118
    /// 5.8.
    case bootTime = 125
    /// 6.1.
    case realTime = 208
    /// 5.11.
    case currentTypedTask = 158
    /// 5.15.
    case taskRegisters = 175
}
