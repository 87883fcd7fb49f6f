import Glibc

/// What /proc says of a process that is to be traced.
enum TargetProcess {
    /// The file that the process runs.
    static func executable(of pid: Int32) throws -> String {
        let link = "/proc/\(pid)/exe"
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count - 1)
        guard count > 0 else {
            let code = errno
            switch code {
            case ENOENT where access("/proc/\(pid)", F_OK) == 0:
                throw UsageError("process \(pid) is a kernel thread or has ended and runs no program")
            case ENOENT: throw UsageError("no process has the id \(pid)")
            default: throw SystemFailure(action: "cannot see what process \(pid) runs", code: code)
            }
        }
        let path = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        if path.hasSuffix(" (deleted)"), access(path, F_OK) != 0 {
            throw UsageError(
                "process \(pid) runs '\(path.dropLast(10))', which has been replaced or deleted since it started",
                notes: ["restart it, or give --binary the very file that it runs"])
        }
        return path
    }
}
