/// What debuginfod servers have given, or why they have not, for builds whose debug information is not installed.
///
/// A value that whoever may use the network makes (see ``DebuginfodClient``) and hands to whoever reads DWARF, who
/// need not have that right.
public struct RemoteDebugFiles: Sendable, Equatable, Codable {
    /// The servers' URLs, as in `DEBUGINFOD_URLS`; none where the user has named none.
    public var servers: [String]
    /// The files that were fetched, by build.
    public var files: [BuildID: String]
    /// Why a file was not fetched, by build.
    public var failures: [BuildID: DebuginfodError]

    /// Creates it, before anything has been asked.
    public init(servers: [String] = []) {
        self.servers = servers
        files = [:]
        failures = [:]
    }

    /// A server that asks those of many distributions, for who has named none.
    static let commonServer = "https://debuginfod.elfutils.org"

    /// Whether a build was asked for, whatever came of it.
    public func wasAsked(for build: BuildID) -> Bool { files[build] != nil || failures[build] != nil }

    /// Where a build's debug file is on a server (debuginfod(8), WEBAPI).
    static func url(of build: BuildID, at server: String) -> String {
        "\(server.hasSuffix("/") ? String(server.dropLast()) : server)/buildid/\(build)/debuginfo"
    }

    /// Where a build's debug file would be.
    func place(of build: BuildID) -> Place {
        Place(
            buildID: build, urls: servers.map { Self.url(of: build, at: $0) }, failure: failures[build])
    }

    /// The URLs of one debug file, and why it did not come from there.
    public struct Place: Sendable, Equatable {
        /// The build.
        public var buildID: BuildID
        /// Where it was or would be asked for.
        public var urls: [String]
        /// Why it did not come; nil where it was not asked for.
        public var failure: DebuginfodError?
    }
}

/// A binary whose debug information was wanted and is neither in it nor installed.
public struct MissingDebugInfo: Sendable, Equatable, Codable {
    /// The binary.
    public var path: String
    /// Its build, by which debuginfod finds the file.
    public var buildID: BuildID
}
