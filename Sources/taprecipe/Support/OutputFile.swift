import Glibc

/// Writes a file whole or not at all: mode 0600, under another name first, then renamed.
struct OutputFile {
    let path: String

    /// Checks early, before a long run, that the file can be made there.
    func checkIsWritable() throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            // A device or pipe (`/dev/stderr`, `/dev/full`, a process substitution) is written in place.
            guard access(path, W_OK) == 0 else { throw failure(errno) }
            guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(EISDIR) }
            return
        }
        guard access(folder, W_OK | X_OK) == 0 else { throw failure(errno) }
    }

    /// Replaces the file's content.
    func write(_ bytes: [UInt8]) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(errno) }
            defer { close(descriptor) }
            return try Console.write(bytes, to: descriptor, name: "'\(path)'")
        }
        var template = Array("\(folder)/.taprecipe-XXXXXX".utf8CString)
        let descriptor = mkostemp(&template, O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        do {
            defer { close(descriptor) }
            try Console.write(bytes, to: descriptor, name: "'\(path)'")
            guard fsync(descriptor) == 0 else { throw failure(errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw failure(code)
        }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func failure(_ code: Int32) -> SystemFailure {
        SystemFailure(action: "cannot write '\(path)'", code: code)
    }
}
