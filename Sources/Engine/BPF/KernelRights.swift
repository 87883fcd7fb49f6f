import BPF
import Glibc

/// Whether this process may load BPF programs and place probes, and whether the kernel knows them.
enum KernelRights {
    /// Whether the kernel takes programs that write to the processes that they watch: not where it is locked down
    /// (kernel_lockdown(7)), and not without CAP_SYS_ADMIN.
    static let mayWritePrograms: Bool = {
        var code = Assembler()
        code.store(.double, .frame, -8, constant: 0)
        code.move(.r1, 0)
        code.move(.r2, .frame)
        code.compute(.add, .r2, -8)
        code.move(.r3, 8)
        code.call(.probeWriteUser)
        code.move(.r0, 0)
        code.exit()
        guard let assembled = try? code.assemble() else { return false }
        return (try? BPFProgram(.probe, name: "tap_write", assembled)) != nil
    }()

    /// The capabilities that are asked for: capabilities(7).
    private static let capabilities: [(name: String, bit: UInt64)] = [
        ("CAP_BPF", 39), ("CAP_PERFMON", 38),
    ]
    private static let systemAdministrator: UInt64 = 21

    /// - Throws: ``EngineError/kernelRefused(_:reason:)`` with what is missing.
    static func require(release: String) throws(EngineError) {
        let numbers = release.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
        guard numbers.count == 2, (numbers[0], numbers[1]) >= (5, 10) else {
            throw .kernelRefused("use BPF", reason: "it is \(release), and 5.10 is the oldest that can")
        }
        guard access("/sys/bus/event_source/devices/uprobe/type", R_OK) == 0 else {
            throw .kernelRefused(
                "probe programs", reason: "it has no uprobes (/sys/bus/event_source/devices/uprobe)")
        }
        let held = effective
        guard held >> systemAdministrator & 1 == 0 else { return }
        let missing = capabilities.filter { held >> $0.bit & 1 == 0 }.map(\.name)
        guard missing.isEmpty else {
            throw .kernelRefused(
                "use BPF", reason: "you are not root and have no \(missing.joined(separator: ", "))")
        }
    }

    /// The effective capabilities of this process: proc(5), status.
    private static var effective: UInt64 {
        guard let bytes = try? Files.read("/proc/self/status", limit: 1 << 16) else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? 0
    }
}
