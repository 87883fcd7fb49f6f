import Diagnostics
import Glibc

/// Reads a recipe's or runbook's file, and nothing that is not a file.
enum RecipeFile {
    /// The file's text, undecoded.
    ///
    /// It is opened without blocking, so that a FIFO without a writer stops nothing, and read no further
    /// than a recipe may be long.
    static func read(_ path: String, as kind: DocumentKind = .recipe) throws(DiagnosticsError) -> SourceFile {
        func failure(_ problem: RecipeProblem) -> DiagnosticsError {
            DiagnosticsError(problem.diagnostic(at: nil, in: kind))
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw failure(.cannotRead(path, errno: ENOENT)) }
        // A folder that is called like a bundle holds nothing that could be taken for a bundle's.
        guard BundlePath(path) == nil else { throw failure(.cannotRead(path, errno: ENOTDIR)) }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(.cannotRead(path, errno: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(.cannotRead(path, errno: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(.notARegularFile(path, mode: status.st_mode))
        }
        guard status.st_size <= YAMLText.sizeLimit else {
            throw failure(.fileTooLarge(path, limit: YAMLText.sizeLimit))
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= YAMLText.sizeLimit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(.cannotRead(path, errno: errno)) }
            guard count > 0 else { return SourceFile(name: path, bytes: bytes) }
            bytes += chunk[..<count]
        }
        throw failure(.fileTooLarge(path, limit: YAMLText.sizeLimit))
    }

    /// The last part of a path, without `.yaml` or `.yml`.
    static func baseName(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        for suffix in [".yaml", ".yml"] where name.hasSuffix(suffix) && name.utf8.count > suffix.utf8.count {
            return String(name.dropLast(suffix.count))
        }
        return name
    }
}
