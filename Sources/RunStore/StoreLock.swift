import Glibc

/// Held by who opens a store to write: SQLite lets two that make the same database at once fail.
///
/// A file of its own, as closing any descriptor of the database would give up SQLite's own locks on it (fcntl(2)).
final class StoreLock {
    private let descriptor: Int32

    /// Waits until nobody else holds the lock of the store at a path.
    init(of path: String) throws(StoreProblem) {
        descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unusable(path, reason: String(cString: strerror(errno)))
        }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                throw .unusable(path, reason: String(cString: strerror(errno)))
            }
        }
    }

    deinit { close(descriptor) }
}
