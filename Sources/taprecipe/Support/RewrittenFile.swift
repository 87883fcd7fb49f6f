import Glibc

/// A file that is there and gets another content: whole or not at all, with its mode and owner, and through links.
struct RewrittenFile {
    let path: String

    /// Replaces the content.
    func write(_ bytes: [UInt8]) throws {
        let failure = { SystemFailure(action: "cannot write '\(path)'", code: errno) }
        guard let resolved = realpath(path, nil) else { throw failure() }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { throw failure() }
        try OutputFile(path: target, mode: status.st_mode & 0o7777).write(bytes)
        // Root may format a file of another user.
        if status.st_uid != geteuid() || status.st_gid != getegid() {
            guard chown(target, status.st_uid, status.st_gid) == 0 else { throw failure() }
        }
    }
}
