import CBPF
import Glibc

/// A program that runs where something happens, until this goes.
public struct Attachment: Sendable {
    private let object: KernelObject
    private var link: KernelObject?

    /// Has a program run where an instruction of a file is reached, in every process or one; or where the function
    /// that begins there returns.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - offset: The instruction's place in the file, in bytes.
    ///   - isReturn: Whether the function's return is meant.
    ///   - semaphore: The place in the file of a counter that the kernel raises meanwhile.
    ///   - cookie: A number that the program can ask for (``HelperFunction/attachCookie``), from 5.15; nil is none.
    ///   - process: The only process that is watched; nil is all, those that come later too.
    ///   - program: The program, which is not ``BPFProgram/isLinked``.
    /// - Throws: What the kernel refused.
    public init(
        path: String, offset: UInt64, isReturn: Bool, semaphore: UInt64? = nil, cookie: UInt64? = nil,
        process: Int32? = nil, _ program: BPFProgram
    ) throws(BPFError) {
        let operation = BPFError.Operation.attach(path: path, offset: offset)
        guard let unit = Self.unit else { throw BPFError(operation: operation, code: ENODEV) }
        let config = (isReturn ? 1 << unit.returnBit : 0) | (semaphore ?? 0) << 32
        let event = taprecipe_probe_open(unit.type, config, path, offset, process ?? -1)
        try self.init(event: event, cookie: cookie, program, operation)
    }

    /// Has a program run at each hit of a perf event, which goes with this.
    ///
    /// - Parameters:
    ///   - event: Its descriptor, or -errno of what would have made it.
    ///   - cookie: A number that the program can ask for, from 5.15; nil is none.
    ///   - program: The program.
    ///   - operation: What errors say was tried.
    /// - Throws: What the kernel refused.
    private init(
        event: Int32, cookie: UInt64? = nil, _ program: BPFProgram, _ operation: BPFError.Operation
    ) throws(BPFError) {
        guard event >= 0 else { throw BPFError(operation: operation, code: -event) }
        object = KernelObject(event)
        if let cookie {
            let result = taprecipe_event_link(event, program.descriptor, cookie)
            guard result >= 0 else { throw BPFError(operation: operation, code: -result) }
            link = KernelObject(result)
            return
        }
        let result = taprecipe_event_attach(event, program.descriptor)
        guard result == 0 else { throw BPFError(operation: operation, code: -result) }
    }

    /// An instruction that a program is linked to.
    public struct Place: Sendable {
        /// Its place in the file, in bytes.
        public var offset: UInt64
        /// The place in the file of a counter that the kernel raises meanwhile.
        public var semaphore: UInt64?
        /// A number that the program can ask for.
        public var cookie: UInt64

        /// Creates a place.
        public init(offset: UInt64, semaphore: UInt64?, cookie: UInt64) {
            self.offset = offset
            self.semaphore = semaphore
            self.cookie = cookie
        }
    }

    /// Has a program that ``BPFProgram/isLinked`` run at many instructions of a file at once, or where the functions
    /// that begin there return.
    ///
    /// A link asks for the rights of the program alone; a perf event for CAP_SYS_ADMIN, too, in kernels since the end
    /// of 2025 ("perf: require CAP_SYS_ADMIN for uprobes").
    public init(
        path: String, _ places: [Place], isReturn: Bool, process: Int32? = nil, _ program: BPFProgram
    ) throws(BPFError) {
        let link = taprecipe_uprobe_link(
            program.descriptor, path, places.map(\.offset), places.map { $0.semaphore ?? 0 },
            places.map(\.cookie),
            UInt32(places.count), isReturn ? 1 : 0, UInt32(bitPattern: process ?? 0))
        guard link >= 0 else {
            throw BPFError(operation: .attach(path: path, offset: places.first?.offset ?? 0), code: -link)
        }
        object = KernelObject(link)
    }

    /// Has a program run at a tracepoint.
    public init(tracepoint: String, _ program: BPFProgram) throws(BPFError) {
        let link = bpf_raw_tracepoint_open(tracepoint, program.descriptor)
        guard link >= 0 else { throw BPFError(operation: .attachTracepoint(tracepoint), code: -link) }
        object = KernelObject(link)
    }

    /// Has a program run where a function of the kernel is called, or where it returns.
    ///
    /// - Parameters:
    ///   - kernelFunction: Its symbol; `MODULE:SYMBOL` for a module's.
    ///   - address: Where it is, to be probed there and not by the symbol.
    ///   - isReturn: Whether the return is meant.
    ///   - program: The program.
    /// - Throws: What the kernel refused: ENOENT for a symbol that it does not have, EINVAL for a function that must not
    ///   be probed.
    public init(
        kernelFunction: String, at address: UInt64? = nil, isReturn: Bool, _ program: BPFProgram
    ) throws(BPFError) {
        let operation = BPFError.Operation.attachKernelFunction(kernelFunction)
        guard let unit = Self.kernelUnit else { throw BPFError(operation: operation, code: ENODEV) }
        let event = taprecipe_probe_open(
            unit.type, isReturn ? 1 << unit.returnBit : 0, address == nil ? kernelFunction : nil,
            address ?? 0, -1)
        try self.init(event: event, program, operation)
    }

    /// Whether the kernel has probes of its own functions.
    public static var hasKernelProbes: Bool { kernelUnit != nil }

    /// A counter of a processor and when it tells: perf_event_open(2).
    public struct Counter: Sendable {
        /// `PERF_TYPE_…`.
        public var type: UInt32
        /// What is counted, by the type.
        public var config: UInt64
        /// The amount after which it tells, or how often in a second.
        public var rate: UInt64
        /// Whether the rate is how often in a second.
        public var isFrequency: Bool

        /// Creates a counter.
        public init(type: UInt32, config: UInt64, rate: UInt64, isFrequency: Bool) {
            (self.type, self.config, self.rate, self.isFrequency) = (type, config, rate, isFrequency)
        }
    }

    /// Has a program run each time a counter of a processor tells.
    public init(_ counter: Counter, processor: Int32, _ program: BPFProgram) throws(BPFError) {
        let event = taprecipe_counter_open(
            counter.type, counter.config, counter.rate, counter.isFrequency ? 1 : 0, processor)
        let operation = BPFError.Operation.attachCounter(
            type: counter.type, config: counter.config, processor: processor)
        try self.init(event: event, program, operation)
    }

    private static let unit = unit("uprobe")
    private static let kernelUnit = unit("kprobe")

    /// A unit of the kernel's probes: Documentation/ABI/testing/sysfs-bus-event_source-devices.
    private static func unit(_ name: String) -> (type: UInt32, returnBit: UInt64)? {
        let folder = "/sys/bus/event_source/devices/\(name)/"
        guard let type = number(in: folder + "type", after: ""),
            let bit = number(in: folder + "format/retprobe", after: "config:")
        else { return nil }
        return (UInt32(type), bit)
    }

    private static func number(in path: String, after prefix: String) -> UInt64? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        guard text.hasPrefix(prefix) else { return nil }
        return UInt64(text.dropFirst(prefix.count).prefix { $0.isNumber })
    }
}
