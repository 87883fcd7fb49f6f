import Digests
import Glibc

/// Compiled modules by their key, in a private directory.
///
/// An entry is a directory `DIGEST/` with `NAME.ko` and its digest beside it; it is renamed into place whole.
/// An entry whose digest does not fit is dropped. The least recently used entries go when the cache grows over
/// its bound.
struct ModuleCache {
    /// The directory of the entries.
    let directory: String
    /// The most bytes that the entries may take together.
    var maximumBytes = 512 << 20

    init(cache: String) { directory = cache + "/modules" }

    /// Where an entry's module is, or would be.
    func path(_ key: ModuleKey) -> String { "\(entry(key))/\(key.moduleName).ko" }

    /// The module of a key, if it is there and whole; marks it as used.
    func find(_ key: ModuleKey) -> [UInt8]? {
        guard let bytes = try? Files.read(path(key)),
            let digest = try? Files.read(entry(key) + "/digest", limit: 1024)
        else { return nil }
        guard Array(SHA256.hex(of: bytes).utf8) + [0x0A] == digest else {
            Files.removeTree(entry(key))
            return nil
        }
        utimensat(AT_FDCWD, entry(key) + "/digest", nil, 0)
        return bytes
    }

    /// Puts a module in, in place of one that is there, and drops old entries where that is too much.
    func store(_ bytes: [UInt8], _ key: ModuleKey) throws(EngineError) {
        try Files.makePrivateDirectory(directory)
        Files.sweepDrafts(directory)
        let draft = "\(entry(key)).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
        defer { Files.removeTree(draft) }
        try Files.makePrivateDirectory(draft)
        try Files.write(bytes, to: "\(draft)/\(key.moduleName).ko")
        try Files.write(Array(SHA256.hex(of: bytes).utf8) + [0x0A], to: draft + "/digest")
        if rename(draft, entry(key)) != 0 {
            Files.removeTree(entry(key))
            guard rename(draft, entry(key)) == 0 || find(key) != nil else {
                throw .cannotWrite(entry(key), reason: Files.reason())
            }
        }
        shrink(keeping: key)
    }

    /// Holds a key for the compile of its module; nil where another process holds it.
    func lock(_ key: ModuleKey) throws(EngineError) -> FileLock? {
        try Files.makePrivateDirectory(directory)
        return try FileLock(entry(key) + ".lock")
    }

    private func entry(_ key: ModuleKey) -> String { directory + "/" + key.digest }

    private func shrink(keeping key: ModuleKey) {
        var entries: [(path: String, used: Int, size: Int)] = []
        for name in Files.list(directory) {
            let path = directory + "/" + name
            var status = stat()
            guard name != key.digest, Files.isDirectory(path), stat(path + "/digest", &status) == 0 else {
                continue
            }
            let used = status.st_mtim.tv_sec
            let size = Files.list(path).reduce(0) { sum, file in
                var status = stat()
                return stat(path + "/" + file, &status) == 0 ? sum + Int(status.st_size) : sum
            }
            entries.append((path, used, size))
        }
        var total = entries.reduce(0) { $0 + $1.size }
        for entry in entries.sorted(by: { $0.used < $1.used }) where total > maximumBytes {
            Files.removeTree(entry.path)
            Files.removeTree(entry.path + ".lock")
            total -= entry.size
        }
        // Locks of compiles that came to nothing. One that is waited for at this moment costs a second compile.
        for name in Files.list(directory) where name.hasSuffix(".lock") {
            let path = directory + "/" + name
            guard name != key.digest + ".lock", !Files.isDirectory(String(path.dropLast(5))),
                let lock = try? FileLock(path)
            else { continue }
            unlink(path)
            withExtendedLifetime(lock) {}
        }
    }
}

/// An exclusive lock on a file, held until its owner lets go of it.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock; nil where another holds it.
    init?(_ path: String) throws(EngineError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path, reason: Files.reason()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
