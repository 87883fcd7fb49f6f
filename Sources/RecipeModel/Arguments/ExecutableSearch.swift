import Glibc

/// Looks a program up in PATH.
public enum ExecutableSearch {
    /// Looks for the first regular file of that name that may be executed.
    ///
    /// Folders that are not absolute are passed over: an empty one means the working directory, where anybody may have
    /// put anything.
    ///
    /// - Parameters:
    ///   - name: A name without a slash.
    ///   - searchPath: The value of PATH.
    /// - Returns: An absolute path; nil where there is none.
    public static func path(of name: String, in searchPath: String) -> String? {
        searchPath.split(separator: ":").lazy.filter { $0.hasPrefix("/") }
            .map { AbsolutePath.of("\($0)/\(name)", in: "/") }
            .first { candidate in
                var status = stat()
                return stat(candidate, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
                    && access(candidate, X_OK) == 0
            }
    }
}
