import Glibc

/// A file that appears whole or not at all: mode 0600 unless others are to read it, written without a name
/// (`O_TMPFILE`, open(2)), so that nothing is left of it however the process ends, then linked and renamed into place.
///
/// A device or pipe (`/dev/full`, a process substitution) cannot be renamed over and is written in place. So is what names an
/// open file of ours (`-`, `/dev/stdout`, `/dev/fd/3`), a regular one too: the name is the system's, not the file's.
struct OutputFile {
    let path: String
    let mode: mode_t

    /// Names a file; `-` is standard output.
    init(path: String, mode: mode_t = 0o600) {
        self.path = path == "-" ? "/dev/stdout" : path
        self.mode = mode
    }

    /// Replaces the file's content.
    func write(_ bytes: [UInt8]) throws {
        let draft = try begin()
        try draft.write(bytes)
        try draft.commit()
    }

    /// Starts a new content; fails at once where the file cannot be made, before a long run.
    func begin() throws -> Draft {
        if let open = Self.openFile(of: path) {
            let descriptor = fcntl(open, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else { throw failure(errno) }
            return Draft(file: self, descriptor: descriptor, temporary: nil)
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(EISDIR) }
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else {
                var failure = failure(errno)
                if failure.code == ENXIO { failure.expected = "a pipe that somebody reads" }
                throw failure
            }
            _ = fcntl(descriptor, F_SETFL, 0)
            return Draft(file: self, descriptor: descriptor, temporary: nil)
        }
        // glibc's O_TMPFILE is a macro that Swift does not see.
        let unnamed = open(folder, 0o20000000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, 0o600)
        if unnamed >= 0 {
            let name = "\(folder)/.taprecipe-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            return Draft(file: self, descriptor: unnamed, temporary: name, isNamed: false)
        }
        // Not every file system has such files (overlayfs of old kernels, FUSE, NFS).
        guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else { throw failure(errno) }
        var template = Array("\(folder)/.taprecipe-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let name = template.dropLast().map(UInt8.init(bitPattern:))
        return Draft(file: self, descriptor: descriptor, temporary: String(decoding: name, as: UTF8.self))
    }

    /// The descriptor that a path names, itself or by symbolic links; nil for a file's.
    private static func openFile(of path: String) -> Int32? {
        var path = path
        // Links may lead in a circle: the kernel's bound is 40.
        for _ in 0..<40 {
            for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder)
            {
                return Int32(path.dropFirst(folder.count))
            }
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let length = target.withUnsafeMutableBufferPointer { buffer in
                buffer.withMemoryRebound(to: CChar.self) { readlink(path, $0.baseAddress!, $0.count) }
            }
            guard length > 0 else { return nil }
            let link = String(decoding: target.prefix(length), as: UTF8.self)
            path = link.hasPrefix("/") ? link : "\(OutputFile(path: path).folder)/\(link)"
        }
        return nil
    }

    /// A content in the making; gone without a trace unless it is committed.
    final class Draft {
        private let file: OutputFile
        private let descriptor: Int32
        private var temporary: String?
        private var isNamed: Bool

        fileprivate init(
            file: OutputFile, descriptor: Int32, temporary: String?, isNamed: Bool = true
        ) {
            self.isNamed = isNamed
            self.file = file
            self.descriptor = descriptor
            self.temporary = temporary
        }

        deinit {
            close(descriptor)
            if isNamed, let temporary { unlink(temporary) }
        }

        /// Adds to the content.
        func write(_ bytes: [UInt8]) throws {
            try Console.write(bytes, to: descriptor, name: "'\(file.path)'")
        }

        /// Starts over.
        func truncate() {
            guard temporary != nil else { return }
            _ = ftruncate(descriptor, 0)
            lseek(descriptor, 0, SEEK_SET)
        }

        /// Puts the content in the file's place.
        func commit() throws {
            guard let temporary else { return }
            // Not before it is whole, and whatever the umask.
            guard fchmod(descriptor, file.mode) == 0, fsync(descriptor) == 0 else {
                throw file.failure(errno)
            }
            if !isNamed {
                let link = "/proc/self/fd/\(descriptor)"
                guard linkat(AT_FDCWD, link, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else {
                    throw file.failure(errno)
                }
                isNamed = true
            }
            guard rename(temporary, file.path) == 0 else { throw file.failure(errno) }
            self.temporary = nil
        }
    }

    /// The folder that it lies in.
    var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func failure(_ code: Int32) -> SystemFailure {
        SystemFailure(action: "cannot write '\(path)'", code: code)
    }
}
