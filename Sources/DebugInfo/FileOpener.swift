/// Opens files that this process has no right to open itself, by asking one that has.
///
/// Only asked where opening a file directly was refused (EACCES, EPERM).
public struct FileOpener: Sendable {
    let open: @Sendable (String) -> Int32

    /// Creates an opener.
    ///
    /// - Parameter open: gives a descriptor of a regular file, which is the caller's to close, or a negative error
    ///   number.
    public init(_ open: @escaping @Sendable (String) -> Int32) { self.open = open }
}
