import Glibc
import RecipeModel

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
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            var failure = failure(EINVAL)
            failure.expected = "a regular file of at most \(SizeText.print(UInt64(limit)))"
            throw failure
        }
        let size = Int(status.st_size)
        var bytes = try chunk(of: descriptor, room: size + 1)
        // A file that says how long it is ends where it says; /proc's say nothing.
        if size > 0, bytes.count == size { return bytes }
        while bytes.count <= limit {
            let more = try chunk(of: descriptor, room: 1 << 16)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// The next bytes, at most `room`; none at the end of the file.
    private func chunk(of descriptor: Int32, room: Int) throws -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let result = Glibc.read(descriptor, buffer.baseAddress, room)
                code = result < 0 ? errno : 0
                count = max(result, 0)
            }
            if code == 0 { return bytes }
            guard code == EINTR else { throw failure(code) }
        }
    }

    private func failure(_ code: Int32) -> SystemFailure {
        SystemFailure(action: "cannot read '\(path)'", code: code)
    }
}
