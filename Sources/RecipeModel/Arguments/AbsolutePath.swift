/// Paths from the root.
public enum AbsolutePath {
    /// The path from the root, without `.` parts; `..` stays, as it may stand behind a symbolic link.
    public static func of(_ path: String, in workingDirectory: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
