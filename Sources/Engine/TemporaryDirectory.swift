import Glibc

/// A private directory (0700) for one run, removed with all it holds when its owner lets go of it.
///
/// It is locked while it is in use, so that a later run can tell one that a killed taprecipe left behind, and
/// removes it.
final class TemporaryDirectory: Sendable {
    private static let prefix = "taprecipe-run-"
    /// Where it is.
    let path: String
    private let descriptor: Int32

    /// Makes one in `parent`, after removing what killed runs left there.
    init(in parent: String) throws(EngineError) {
        Self.sweep(parent)
        var template = Array("\(parent)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else {
            throw .unusableDirectory(parent, reason: Files.reason())
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 { _ = flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    deinit {
        Files.removeTree(path)
        if descriptor >= 0 { close(descriptor) }
    }

    /// A path in it.
    func path(_ name: String) -> String { path + "/" + name }

    /// Removes our own directories that nobody holds.
    ///
    /// One whose maker lives may be about to be locked and stays, for a minute: the maker's id may be another's
    /// by now.
    static func sweep(_ parent: String) {
        for name in Files.list(parent) where name.hasPrefix(prefix) {
            let candidate = parent + "/" + name
            let descriptor = open(candidate, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
                let maker = Int32(name.dropFirst(prefix.count).prefix { $0 != "-" }), maker > 0,
                time(nil) - status.st_ctim.tv_sec > 60 || !Files.isAlive(maker),
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            Files.removeTree(candidate)
        }
    }
}
