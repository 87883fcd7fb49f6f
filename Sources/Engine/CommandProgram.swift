import Glibc
import RecipeModel

/// The program of a command that is to be started and traced.
public enum CommandProgram {
    /// Its absolute path: flock(1) takes a command called `-c` for an option.
    ///
    /// - Parameters:
    ///   - name: What stands on the command line: a path, or a name that is looked up.
    ///   - searchPath: The value of PATH; folders in it that are not absolute are passed over.
    /// - Returns: An absolute path.
    /// - Throws: ``EngineError/commandNotFound(_:isHere:)``, ``EngineError/commandNotExecuted(_:reason:)``.
    public static func path(of name: String, in searchPath: String?) throws(EngineError) -> String {
        guard !name.isEmpty, !name.utf8.contains(0) else { throw .commandNotFound(name, isHere: false) }
        guard name.utf8.contains(UInt8(ascii: "/")) else {
            let searchPath = searchPath ?? "/usr/local/bin:/usr/bin:/bin"
            if let found = ExecutableSearch.path(of: name, in: searchPath) { return found }
            throw .commandNotFound(name, isHere: obstacle(to: "./" + name) == nil)
        }
        switch obstacle(to: name) {
        case nil: break
        case ENOENT?, ENOTDIR?: throw .commandNotFound(name, isHere: false)
        case let code?: throw .commandNotExecuted(name, reason: Files.reason(code))
        }
        if name.hasPrefix("/") { return name }
        guard let here = getcwd(nil, 0) else { throw .commandNotFound(name, isHere: false) }
        defer { free(here) }
        return AbsolutePath.of(name, in: String(cString: here))
    }

    /// The error number that starting a file would end with, as far as that can be told before; nil for none.
    private static func obstacle(to path: String) -> Int32? {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return access(path, X_OK) == 0 ? nil : errno
        case S_IFDIR: return EISDIR
        default: return EACCES
        }
    }
}
