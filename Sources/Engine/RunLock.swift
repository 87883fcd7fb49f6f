import Glibc

/// Says that a module name is in use: names of kernel modules are global, so one run at a time may have one.
///
/// The lock is a flock(2) on a file in a private directory; it ends with the process that holds it, however
/// that ends. The file says whose it is.
public final class RunLock: Sendable {
    /// A lock that somebody holds.
    public struct Holder: Sendable, Equatable {
        /// The module's name.
        public var module: String
        /// The lock file.
        public var path: String
        /// The process that wrote itself into it, if it did.
        public var processID: Int32?
    }

    private static let suffix = ".lock"
    /// The lock file.
    public let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Takes the lock of a module's name, or throws ``EngineError/alreadyRunning(module:lock:owner:)``.
    public static func acquire(module: String, in directory: String) throws(EngineError) -> RunLock {
        try Files.makePrivateDirectory(directory)
        let path = "\(directory)/\(module)\(suffix)"
        // The holder removes the file while it holds it, so a lock may turn out to be on a file that is gone.
        for _ in 0..<100 {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw .cannotWrite(path, reason: Files.reason()) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw .alreadyRunning(module: module, lock: path, owner: owner(path))
            }
            var held = stat()
            var named = stat()
            if fstat(descriptor, &held) == 0, lstat(path, &named) == 0, held.st_ino == named.st_ino,
                held.st_dev == named.st_dev
            {
                ftruncate(descriptor, 0)
                let text = Array("\(getpid())\n".utf8)
                _ = pwrite(descriptor, text, text.count, 0)
                return RunLock(path: path, descriptor: descriptor)
            }
            close(descriptor)
        }
        throw .alreadyRunning(module: module, lock: path, owner: nil)
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    /// The locks that are held now; takes and changes none for longer than the test needs.
    public static func holders(in directory: String) -> [Holder] {
        Files.list(directory).filter { $0.hasSuffix(suffix) }.compactMap { name in
            let path = directory + "/" + name
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
            return Holder(
                module: String(name.dropLast(suffix.count)), path: path, processID: owner(path))
        }
    }

    private static func owner(_ path: String) -> Int32? {
        guard let bytes = try? Files.read(path, limit: 64) else { return nil }
        return Int32(String(decoding: bytes.filter { $0 != 0x0A }, as: UTF8.self))
    }
}
