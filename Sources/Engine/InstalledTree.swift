import Digests
import Glibc

/// A folder of installed sources that go into modules: SystemTap's tapset, its runtime.
struct InstalledTree {
    let root: String

    /// A digest of its files' paths, sizes and times of change, which a package or an editor sets anew.
    ///
    /// There are hundreds of files, and reading them would take longer than all else that is done for a module that is
    /// in the cache; a file that was only touched costs a compile.
    var digest: String {
        var hash = SHA256()
        for name in Files.regularFiles(below: root).sorted() {
            var status = stat()
            guard stat(root + "/" + name, &status) == 0 else { continue }
            let time = status.st_mtim
            hash.update(label: name, Array("\(status.st_size) \(time.tv_sec).\(time.tv_nsec)".utf8))
        }
        return hash.finalize()
    }
}
