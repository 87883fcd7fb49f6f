import Glibc
import RunBundles

/// Standard input.
enum Input {
    /// All of it; damaged where it does not end within so many bytes.
    static func read(atMost limit: Int) throws(RunBundleProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while bytes.count <= limit {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { break }
        }
        throw .noArchive
    }
}

/// The streams that are written to.
enum Output {
    /// Writes all bytes; ends the program where nobody takes them.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { exit(1) }
        }
    }
}
