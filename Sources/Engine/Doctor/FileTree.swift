import Glibc

/// The outcome of reading something from the machine: a value, nothing there, or no permission to see it.
public enum Reading<Value: Sendable>: Sendable {
    /// It was read.
    case known(Value)
    /// There is no such thing.
    case absent
    /// It exists, or may exist, but could not be read; the `errno` that said so.
    case unreadable(Int32)

    /// The value, where there is one.
    public var value: Value? {
        if case .known(let value) = self { value } else { nil }
    }

    /// Whether it is there but hidden from this user.
    public var isUnreadable: Bool {
        if case .unreadable = self { true } else { false }
    }

    func map<Other: Sendable>(_ transform: (Value) -> Other) -> Reading<Other> {
        switch self {
        case .known(let value): .known(transform(value))
        case .absent: .absent
        case .unreadable(let code): .unreadable(code)
        }
    }
}

extension Reading: Equatable where Value: Equatable {}

/// What a file is, as far as the doctor asks.
public struct FileStatus: Sendable, Equatable {
    /// Whether it is a directory.
    public var isDirectory: Bool
    /// The permission bits with set-user-id and the like (`st_mode & 07777`).
    public var permissions: UInt32
    /// When its content was last changed, in seconds since the epoch.
    public var modified: Int64

    /// Creates a status.
    public init(isDirectory: Bool, permissions: UInt32, modified: Int64 = 0) {
        self.modified = modified
        self.isDirectory = isDirectory
        self.permissions = permissions
    }
}

/// Read-only access to a machine's files by absolute path; a test passes one that lies over a fixture.
public protocol FileTree: Sendable {
    /// At most `limit` bytes of a regular file; devices and pipes count as absent, so that no read can hang.
    func read(_ path: String, limit: Int) -> Reading<[UInt8]>
    /// The names in a directory, sorted.
    func list(_ path: String) -> Reading<[String]>
    /// What the path leads to, symbolic links followed.
    func status(_ path: String) -> Reading<FileStatus>
    /// What a symbolic link holds.
    func link(_ path: String) -> Reading<String>
    /// The bytes free for an unprivileged user on the file system of the path's nearest existing folder.
    func available(_ path: String) -> Reading<UInt64>
    /// The path by which another program on this machine reads the same file.
    func hostPath(_ path: String) -> String
}

extension FileTree {
    /// A small text file without its last line end.
    func text(_ path: String, limit: Int = 1 << 20) -> Reading<String> {
        read(path, limit: limit).map { bytes in
            var bytes = bytes[...]
            while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Whether something is there.
    func exists(_ path: String) -> Bool { status(path).value != nil }
}

/// The files below a root directory, with absolute symbolic links taken as starting at that root.
public struct RootedFileTree: FileTree {
    private let root: String

    /// Creates a tree; `/` is the machine itself.
    public init(root: String = "/") {
        var root = root
        while root.hasSuffix("/") { root.removeLast() }
        self.root = root
    }

    /// The path below the root.
    public func hostPath(_ path: String) -> String { root.isEmpty ? path : resolved(path) }

    /// At most `limit` bytes of a regular file.
    public func read(_ path: String, limit: Int) -> Reading<[UInt8]> {
        // O_NONBLOCK: a FIFO in the file's place must not hang the doctor.
        let descriptor = open(hostPath(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return Self.failure(errno) }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return Self.failure(errno) }
        guard information.st_mode & S_IFMT == S_IFREG else { return .absent }
        var bytes: [UInt8] = []
        // Files of /proc state a size of 0, so the size is only a hint.
        var chunk = [UInt8](repeating: 0, count: max(4096, min(Int(information.st_size) + 1, limit, 1 << 22)))
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = Glibc.read(descriptor, &chunk, wanted)
            if count < 0 {
                if errno == EINTR { continue }
                return Self.failure(errno)
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return .known(bytes)
    }

    /// The names in a directory, sorted.
    public func list(_ path: String) -> Reading<[String]> {
        guard let directory = opendir(hostPath(path)) else { return Self.failure(errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return .known(names.sorted())
    }

    /// What the path leads to.
    public func status(_ path: String) -> Reading<FileStatus> {
        var information = stat()
        guard stat(hostPath(path), &information) == 0 else { return Self.failure(errno) }
        return .known(
            FileStatus(
                isDirectory: information.st_mode & S_IFMT == S_IFDIR,
                permissions: information.st_mode & 0o7777, modified: Int64(information.st_mtim.tv_sec)))
    }

    /// What a symbolic link holds.
    public func link(_ path: String) -> Reading<String> {
        let parent = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return Self.readLink(hostPath(parent.isEmpty ? "/" : parent) + "/" + name)
    }

    /// The bytes free at the path's nearest existing folder.
    public func available(_ path: String) -> Reading<UInt64> {
        var parts = path.split(separator: "/").map(String.init)
        while true {
            var information = statvfs()
            if statvfs(hostPath("/" + parts.joined(separator: "/")), &information) == 0 {
                let (bytes, overflows) = UInt64(information.f_bavail)
                    .multipliedReportingOverflow(by: UInt64(information.f_frsize))
                return .known(overflows ? .max : bytes)
            }
            guard errno == ENOENT || errno == ENOTDIR, !parts.isEmpty else { return Self.failure(errno) }
            parts.removeLast()
        }
    }

    private static func failure<Value>(_ code: Int32) -> Reading<Value> {
        switch code {
        case ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, ENXIO, ENODEV: .absent
        default: .unreadable(code)
        }
    }

    private static func readLink(_ path: String) -> Reading<String> {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return 0 }
            return readlink(path, start, bytes.count)
        }
        guard count >= 0 else { return errno == EINVAL ? .absent : failure(errno) }
        return .known(String(decoding: buffer[..<count], as: UTF8.self))
    }

    /// The path under the root, with every symbolic link on the way resolved inside the root.
    private func resolved(_ path: String) -> String {
        var pending = path.split(separator: "/").map(String.init)[...]
        var done: [String] = []
        var linksLeft = 40
        while let part = pending.popFirst() {
            if part == "." { continue }
            if part == ".." {
                _ = done.popLast()
                continue
            }
            let here = root + "/" + (done + [part]).joined(separator: "/")
            if linksLeft > 0, case .known(let target) = Self.readLink(here) {
                linksLeft -= 1
                if target.hasPrefix("/") { done = [] }
                pending = (target.split(separator: "/").map(String.init) + pending)[...]
            } else {
                done.append(part)
            }
        }
        return root + "/" + done.joined(separator: "/")
    }
}
