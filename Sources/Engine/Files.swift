import Glibc

/// The few file operations that the engine needs, over system calls, with errors that name the file.
public enum Files {
    /// The words for an error number.
    static func reason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

    /// The whole of a regular file of at most `limit` bytes; a FIFO or device is refused, not waited for.
    public static func read(_ path: String, limit: Int = 256 << 20) throws(EngineError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotRead(path, reason: reason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path, reason: reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotRead(path, reason: "not a regular file")
        }
        guard status.st_size <= limit else {
            throw .cannotRead(path, reason: "larger than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotRead(path, reason: reason())
            }
            guard bytes.count + count <= limit else {
                throw .cannotRead(path, reason: "larger than \(limit) bytes")
            }
            bytes += chunk[..<count]
        }
    }

    /// Bytes of memory that programs may still take: `MemAvailable` of `/proc/meminfo`.
    public static var availableMemory: UInt64? {
        (try? read("/proc/meminfo", limit: 1 << 16)).flatMap {
            availableMemory(in: String(decoding: $0, as: UTF8.self))
        }
    }

    /// The same, of the file's text.
    static func availableMemory(in text: String) -> UInt64? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ UInt64($0) })
        else { return nil }
        let (bytes, overflows) = kibibytes.multipliedReportingOverflow(by: 1024)
        return overflows ? nil : bytes
    }

    /// The whole of a kernel module that the user named.
    static func readModule(_ path: String) throws(EngineError) -> [UInt8] {
        do {
            return try read(path)
        } catch {
            guard case .cannotRead(_, let reason) = error else { throw error }
            throw .unreadableModule(path, reason: reason)
        }
    }

    /// Writes a new file, or replaces one, in place.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(EngineError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .cannotWrite(path, reason: reason()) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotWrite(path, reason: reason())
            }
            offset += count
        }
    }

    /// Writes a file beside `path` and renames it over, so that a reader sees the old or the new one whole.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o600) throws(EngineError) {
        let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
        do throws(EngineError) {
            try write(bytes, to: draft, mode: mode)
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            let error = EngineError.cannotWrite(path, reason: reason())
            unlink(draft)
            throw error
        }
    }

    /// Whether a process has this id.
    static func isAlive(_ id: Int32) -> Bool { kill(id, 0) == 0 || errno != ESRCH }

    /// Removes from a directory of ours the drafts (`NAME.PID.RANDOM.new`) of processes that are no more.
    static func sweepDrafts(_ directory: String) {
        for name in list(directory) where name.hasSuffix(".new") {
            let parts = name.split(separator: ".")
            guard parts.count >= 4, let maker = Int32(parts[parts.count - 3]), maker > 0, !isAlive(maker)
            else { continue }
            removeTree(directory + "/" + name)
        }
    }

    /// Notes that an entry of a directory of ours is in use, for ``keepNewest(_:in:)``.
    ///
    /// It does so by the time of access alone. stap keeps what it finds out about a kernel (half a minute's work) by the
    /// times of modification of the kernel's tree and the runtime that it is given.
    public static func noteUse(of path: String) {
        // UTIME_NOW and UTIME_OMIT of <bits/stat.h>, which Swift does not see.
        let (now, omitted) = ((1 << 30) - 1, (1 << 30) - 2)
        let times = [timespec(tv_sec: 0, tv_nsec: now), timespec(tv_sec: 0, tv_nsec: omitted)]
        utimensat(AT_FDCWD, path, times, 0)
    }

    /// Removes the entries of a directory of ours that were made or used longest ago, beyond the newest `count`, unless
    /// that was within a day and they may be in use.
    public static func keepNewest(_ count: Int, in directory: String) {
        let entries = list(directory).compactMap { name -> (path: String, used: Int)? in
            var status = stat()
            let path = directory + "/" + name
            guard lstat(path, &status) == 0 else { return nil }
            return (path, max(status.st_mtim.tv_sec, status.st_atim.tv_sec))
        }
        for entry in entries.sorted(by: { $0.used > $1.used }).dropFirst(count)
        where time(nil) - entry.used > 86400 { removeTree(entry.path) }
    }

    /// Makes a directory and its parents, 0700, and refuses one that is another user's or that others can
    /// write: what lies in it is loaded into the kernel.
    public static func makePrivateDirectory(_ path: String) throws(EngineError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0, errno != EEXIST, access(made, F_OK) != 0 {
                throw .unusableDirectory(made, reason: reason())
            }
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .unusableDirectory(path, reason: reason()) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .unusableDirectory(path, reason: "not a directory")
        }
        guard status.st_uid == geteuid() else {
            throw .unusableDirectory(path, reason: "belongs to user \(status.st_uid), not to you")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw .unusableDirectory(path, reason: "others can write to it")
        }
    }

    /// The names in a directory, without `.` and `..`, sorted; none where it cannot be read.
    static func list(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Where a symbolic link leads; nil where it cannot be read.
    public static func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count < 0
            ? nil : String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether there is a directory.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a file or a directory with all it holds, following no symbolic link; what cannot be removed
    /// stays.
    public static func removeTree(_ path: String, depth: Int = 0) {
        if unlink(path) == 0 || depth > 64 || !isDirectory(path) { return }
        for name in list(path) { removeTree(path + "/" + name, depth: depth + 1) }
        rmdir(path)
    }

    /// The regular files below a directory, as paths relative to it, sorted; follows symbolic links to files
    /// only.
    static func regularFiles(below root: String, prefix: String = "", depth: Int = 0) -> [String] {
        guard depth < 32 else { return [] }
        var found: [String] = []
        for name in list(root + (prefix.isEmpty ? "" : "/" + prefix)) {
            let relative = prefix.isEmpty ? name : prefix + "/" + name
            if isDirectory(root + "/" + relative) {
                found += regularFiles(below: root, prefix: relative, depth: depth + 1)
            } else {
                found.append(relative)
            }
        }
        return found
    }
}
