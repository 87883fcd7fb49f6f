import Glibc

/// Decides what a helper gets that it cannot get by itself; the helper is not trusted, and may ask for anything.
struct FileKeeper {
    /// Whether an opened regular file may be handed out.
    let mayHave: (_ descriptor: Int32) -> Bool

    /// A descriptor of a regular file, which is the caller's to close, or a negative error number.
    func open(_ path: String) -> Int32 {
        guard !path.utf8.contains(0) else { return -ENOENT }
        return checked(Glibc.open(path, Self.flags))
    }

    /// The path of the program that a process runs.
    ///
    /// The process stays the same one between the looks, as its folder is held open.
    ///
    /// - Parameter id: The process's number in decimal digits, as the helper sent it.
    /// - Returns: The path, or why not: ESRCH where there is no such process, ENOENT where it runs no program (a
    ///   kernel's thread), EINVAL for what is no number, ENOEXEC for what the helper may not have.
    func program(ofProcess id: [UInt8]) -> Result<String, BrokerRefusal> {
        guard id.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let number = pid_t(String(decoding: id, as: UTF8.self)), number > 0
        else { return .failure(BrokerRefusal(code: EINVAL)) }
        let folder = Glibc.open("/proc/\(number)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return .failure(BrokerRefusal(code: errno == ENOENT ? ESRCH : errno)) }
        defer { close(folder) }
        let program = checked(openat(folder, "exe", Self.flags))
        guard program >= 0 else { return .failure(BrokerRefusal(code: -program)) }
        defer { close(program) }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(folder, "exe", &buffer, buffer.count - 1)
        guard count > 0 else { return .failure(BrokerRefusal(code: count < 0 ? errno : ENOENT)) }
        return .success(String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private static let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY

    /// What `open` returned, if it is of a file that may be handed out; else a negative error number.
    private func checked(_ descriptor: Int32) -> Int32 {
        guard descriptor >= 0 else { return -errno }
        var status = stat()
        let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
        guard kind == S_IFREG, mayHave(descriptor) else {
            close(descriptor)
            return kind == S_IFREG
                ? -ENOEXEC : kind == S_IFDIR ? -EISDIR : kind == S_IFIFO ? -ESPIPE : -EACCES
        }
        return descriptor
    }
}
