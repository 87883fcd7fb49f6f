/// Gets what this process has no right to from one that has it: files, and what a process runs.
///
/// Files are asked for only where opening them directly was refused (EACCES, EPERM).
public struct FileOpener: Sendable {
    /// Why something was not to be had.
    public struct Refusal: Error, Sendable, Equatable {
        /// The error number.
        public var code: Int32

        /// Creates it.
        public init(code: Int32) { self.code = code }
    }

    let open: @Sendable (String) -> Int32
    let program: @Sendable (Int32) -> Result<String, Refusal>

    /// Creates an opener.
    ///
    /// - Parameters:
    ///   - open: Gives a descriptor of a regular file, which is the caller's to close, or a negative error number.
    ///   - program: Gives the path of the program that a process runs; ESRCH where there is no such process.
    public init(
        open: @escaping @Sendable (String) -> Int32,
        program: @escaping @Sendable (_ process: Int32) -> Result<String, Refusal>
    ) {
        self.open = open
        self.program = program
    }
}
