import Glibc

/// A regular file that is read whole.
struct InputFile {
    let path: String

    /// The file's bytes; refuses what is not a regular file, so that a pipe or device stops nothing.
    func read(limit: Int = 256 << 20) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { throw failure(EINVAL) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0, bytes.count <= limit else { return bytes }
            bytes += chunk[..<count]
        }
    }

    private func failure(_ code: Int32) -> SystemFailure {
        SystemFailure(action: "cannot read '\(path)'", code: code)
    }
}
