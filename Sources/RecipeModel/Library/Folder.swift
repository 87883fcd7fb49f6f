import Glibc

/// What a folder holds.
enum Folder {
    /// Why a folder cannot be read.
    struct Failure: Error {
        var errno: Int32
        /// Whether there is no such folder.
        var isMissing: Bool { errno == ENOENT || errno == ENOTDIR }
    }

    /// The names of the entries, but `.` and `..`.
    static func files(in path: String) throws(Failure) -> [String] {
        guard let stream = opendir(path) else { throw Failure(errno: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Failure(errno: errno) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// The path without links and dots; nil where there is nothing.
    static func canonicalPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
