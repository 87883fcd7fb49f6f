import Glibc
import Logging
import Synchronization

/// A module's presence in the kernel, and its removal.
struct KernelModule {
    let name: String
    let tools: StapTools
    let clock: any Clock<Duration>
    let logger: Logger

    /// Whether the kernel has it loaded.
    var isLoaded: Bool { access("\(tools.loadedModules)/\(name)", F_OK) == 0 }

    /// Has staprun unload it where it is loaded; whether it is gone then.
    func unload(within limit: Duration) async -> Bool {
        guard isLoaded else { return true }
        let alarms = Alarms(clock: clock)
        let child = ChildProcess(
            executable: tools.staprun, arguments: ["-C", "never", "-d", name],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"], setpriv: tools.setpriv,
            logger: logger)
        _ = try? await child.run(
            started: { handle in alarms.after(limit) { handle.signal(SIGKILL, group: true) } },
            output: { _ in }, error: { _ in })
        alarms.cancelAll()
        return !isLoaded
    }
}

/// What a compiled module says about itself in its `.modinfo` section.
struct ModuleInformation: Equatable {
    /// Its name in the kernel.
    var name: String
    /// The kernel release that it was built for, the first word of its vermagic.
    var kernelRelease: String

    /// Reads it from a module's bytes; nil where they are no SystemTap module's.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]),
            Self.value(of: "parm=_stp_bufsize:", in: bytes) != nil,
            let name = Self.value(of: "name=", in: bytes), let magic = Self.value(of: "vermagic=", in: bytes),
            (1...55).contains(name.utf8.count),
            name.utf8.allSatisfy({
                $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
            })
        else { return nil }
        self.name = name
        kernelRelease = magic.split(separator: " ").first.map(String.init) ?? ""
    }

    /// The text behind a key at the start of a NUL-ended string.
    private static func value(of key: String, in bytes: [UInt8]) -> String? {
        let wanted = [0] + Array(key.utf8)
        var start = 0
        while let zero = bytes[start...].firstIndex(of: 0) {
            if bytes[zero...].starts(with: wanted) {
                let value = bytes[(zero + wanted.count)...].prefix(256).prefix { $0 != 0 }
                return String(decoding: value, as: UTF8.self)
            }
            start = zero + 1
        }
        return nil
    }
}
