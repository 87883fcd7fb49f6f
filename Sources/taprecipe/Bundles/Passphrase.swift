import Glibc

/// The passphrase of a secret key: from a file or the terminal, never from a command line, which others can see.
struct Passphrase {
    /// The file; nil: the terminal is asked.
    let file: String?

    /// The passphrase, without a line end.
    func read() throws -> [UInt8] {
        if let file {
            return Array(try InputFile(path: file).read(limit: 4096).prefix { $0 != UInt8(ascii: "\n") })
        }
        // It asks the controlling terminal, without echo.
        guard let text = getpass("Passphrase of the secret key: ") else {
            throw CommandFailure(
                "the secret key has a passphrase, and there is no terminal to ask for it",
                notes: ["--passphrase-file FILE reads it from a file"])
        }
        let count = strlen(text)
        defer { explicit_bzero(text, count) }
        return UnsafeRawBufferPointer(start: text, count: count).map { $0 }
    }
}
