import Glibc

extension DebuginfodError {
    /// The reason, in words that go behind a colon.
    public var message: String {
        switch self {
        case .noLibrary: "the library 'libdebuginfod.so.1' is not installed (Debian's package libdebuginfod1)"
        case .notStarted: "libdebuginfod cannot begin"
        case .notFound: "no such file came"
        case .outOfTime(let limit):
            "not done within \(limit.components.seconds) s (DEBUGINFOD_MAXTIME allows more)"
        case .tooLarge(let limit):
            "the file is larger than \(limit) bytes (DEBUGINFOD_MAXSIZE allows more)"
        case .junk: "what came is not an ELF file, and was thrown away"
        case .interrupted: "interrupted"
        // What libdebuginfod makes of a status that it does not know, a connection that broke off and the like.
        case .failed(let code): String(cString: strerror(code))
        }
    }
}

extension RemoteDebugFiles.Place {
    /// The note for a person whose binary has no debug information here.
    ///
    /// - Parameter isPackaged: Whether the binary comes from a distribution, whose servers may have it.
    /// - Returns: The note; nil where no server would be of help.
    func note(isPackaged: Bool) -> String? {
        if let failure { return "asked \(Self.list(urls)): \(failure.message)" }
        if !urls.isEmpty { return "a debuginfod server may have it: \(Self.list(urls))" }
        return isPackaged
            ? "or set DEBUGINFOD_URLS to a debuginfod server, as in "
                + "'DEBUGINFOD_URLS=\(RemoteDebugFiles.commonServer)', which is then asked for "
                + "\(RemoteDebugFiles.url(of: buildID, at: RemoteDebugFiles.commonServer))"
            : nil
    }

    private static func list(_ urls: [String]) -> String {
        urls.map { "'\($0)'" }.joined(separator: ", ")
    }
}
