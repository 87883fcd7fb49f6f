import Glibc

/// The store's file: its owner's alone, in a folder that nobody else can write.
struct StoreFile {
    let path: String

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the folder (0700) and the file (0600) where they are missing, and refuses those of others: who could
    /// put another file there would have root write to it.
    func make() throws(StoreProblem) {
        makeFolders()
        var status = stat()
        guard lstat(folder + "/.", &status) == 0 else { throw unusable() }
        guard status.st_uid == geteuid() else {
            throw unusable("its folder belongs to user \(status.st_uid)")
        }
        guard status.st_mode & 0o022 == 0 else { throw unusable("others can write to its folder") }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw unusable() }
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0 else { throw unusable() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unusable("not a regular file") }
        guard status.st_uid == geteuid() else { throw unusable("it belongs to user \(status.st_uid)") }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw unusable() }
    }

    /// Makes sure that there is a file to be read.
    func find() throws(StoreProblem) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing(path) }
            throw unusable()
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unusable("not a regular file") }
        guard access(path, R_OK) == 0 else { throw unusable() }
    }

    private func makeFolders() {
        var made = path.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o700)
        }
    }

    private func unusable(_ reason: String? = nil) -> StoreProblem {
        .unusable(path, reason: reason ?? String(cString: strerror(errno)))
    }
}
