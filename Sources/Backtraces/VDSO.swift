import Glibc
import ProcessMaps

/// The kernel's code that it maps into every process.
enum VDSO {
    /// The image, which is the same in all 64-bit processes under one kernel: it is copied from this one.
    ///
    /// - Parameter size: The size of the mapping that shows it, in bytes.
    /// - Returns: The bytes; none where this process has nothing of that size.
    static func image(size: Int) -> [UInt8] {
        let own = AddressSpace(ofRunning: getpid())?.mappings.first { $0.file.kind == .vdso }
        let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { return [] }
        defer { close(memory) }
        var copy = [UInt8](repeating: 0, count: size)
        guard let own, own.addresses.count == size,
            pread(memory, &copy, size, off_t(own.addresses.lowerBound)) == size
        else { return [] }
        return copy
    }
}
