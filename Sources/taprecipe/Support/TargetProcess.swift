import Engine
import Glibc

/// What /proc says of a process that is to be traced.
enum TargetProcess {
    /// The file that the process runs: its path, or, where something else stands there, as in a container, that below
    /// the process's own root.
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
        let inside = "/proc/\(pid)/root\(path)"
        return isSame(path, link) || !isSame(inside, link) ? path : inside
    }

    /// Whether the process has no program, as the kernel's own have none.
    static func isOfKernel(_ pid: Int32) -> Bool {
        var byte: CChar = 0
        return readlink("/proc/\(pid)/exe", &byte, 1) < 0 && errno == ENOENT && kill(pid, 0) == 0
    }

    /// The files that the process has mapped, by their paths.
    static func mappedFiles(of pid: Int32) -> [String] {
        let text = (try? InputFile(path: "/proc/\(pid)/maps").read(limit: 64 << 20)) ?? []
        return Set(
            text.split(separator: UInt8(ascii: "\n")).compactMap { line in
                line.firstIndex(of: UInt8(ascii: "/")).map { String(decoding: line[$0...], as: UTF8.self) }
            }
        ).sorted()
    }

    /// The library's file that the process has in place of this one; nil where it has this one, none, or one that is gone.
    static func copy(ofLibrary path: String, in pid: Int32) -> String? {
        guard SharedLibrary.isNamed(path),
            let copy = ProbeReach(of: [path], by: [pid]).files[0].strangers.first, !copy.isDeleted
        else { return nil }
        let inside = "/proc/\(pid)/root\(copy.path)"
        guard access(inside, R_OK) == 0 else { return nil }
        return isSame(copy.path, inside) ? copy.path : inside
    }

    /// Whether two paths lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }
}
