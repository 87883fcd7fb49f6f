import Glibc

/// Reads the small text files that the system keeps about itself.
enum SmallFile {
    /// The bytes of a regular file of at most `limit` bytes, or nil.
    static func read(_ path: String, limit: Int = 16 << 20) -> [UInt8]? {
        var bytes: [UInt8] = []
        return forEachChunk(path, limit: limit) { bytes.append(contentsOf: $0) } ? bytes : nil
    }

    /// Hands on the bytes of a regular file of at most `limit` bytes, a piece at a time; false where it is none.
    static func forEachChunk(_ path: String, limit: Int, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit
        else { return false }
        var total = 0
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while total <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            total += count
            body(chunk[..<count])
        }
        return true
    }

    /// The lines of a file, without their ends.
    static func lines(_ path: String) -> [String] {
        read(path)?.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) } ?? []
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether a regular file is at the path.
    static func exists(_ path: String, _ opener: FileOpener? = nil) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFREG }
        guard errno == EACCES, let descriptor = opener?.open(path), descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// The path without symbolic links, or as it is.
    static func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
