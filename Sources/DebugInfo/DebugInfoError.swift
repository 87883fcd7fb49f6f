/// Why a binary or its debug information cannot be used: the facts, without words.
public enum DebugInfoError: Error, Sendable, Equatable {
    /// What a path is when it is not a regular file.
    public enum FileKind: String, Sendable {
        /// A folder.
        case directory
        /// A named pipe.
        case fifo
        /// A socket.
        case socket
        /// A character device such as `/dev/zero`.
        case characterDevice
        /// A disk.
        case blockDevice
        /// Anything else.
        case other
    }

    /// What a search for debug information tried, and what would help.
    public struct Search: Sendable, Equatable {
        /// The binary's build id, if it has one.
        public var buildID: BuildID?
        /// The files that were looked for and do not exist.
        public var missing: [String]
        /// Files that exist but do not fit, each with the reason.
        public var rejected: [Rejection]
        /// Debian's package that the binary belongs to, if dpkg knows it.
        public var package: String?
        /// Where debuginfod would have it, if the binary has a build id.
        public var remote: RemoteDebugFiles.Place?

        /// Creates an empty search.
        public init(
            buildID: BuildID? = nil, missing: [String] = [], rejected: [Rejection] = [],
            package: String? = nil, remote: RemoteDebugFiles.Place? = nil
        ) {
            self.buildID = buildID
            self.missing = missing
            self.rejected = rejected
            self.package = package
            self.remote = remote
        }
    }

    /// A debug file that was found and not taken.
    public struct Rejection: Sendable, Equatable {
        /// Why a debug file does not fit.
        public enum Reason: Sendable, Equatable {
            /// It belongs to another build.
            case otherBuildID(BuildID?)
            /// Its CRC is not the one that `.gnu_debuglink` names.
            case otherChecksum
            /// It cannot be read as ELF.
            case unusable
            /// It holds no DWARF.
            case noDWARF
        }

        /// The file.
        public var path: String
        /// Why it was not taken.
        public var reason: Reason

        /// Creates a rejection.
        public init(path: String, reason: Reason) {
            self.path = path
            self.reason = reason
        }
    }

    /// Nothing is at the path.
    case notFound(path: String)
    /// The path is not a regular file.
    case notRegularFile(path: String, kind: FileKind)
    /// The operating system refused to open or read it, with the `errno`.
    case unreadable(path: String, code: Int32)
    /// The file has no bytes.
    case empty(path: String)
    /// The file's first bytes are not ELF's; `isScript` when they are `#!`.
    case notELF(path: String, isScript: Bool)
    /// An ELF file that no process runs: a relocatable object, a core dump (`type` is `e_type`).
    case notLinked(path: String, type: UInt16)
    /// An ELF file that is no kernel module, where one is expected.
    case notModule(path: String)
    /// The file is for another word size.
    case unsupportedClass(path: String, bits: Int)
    /// The file is for another processor (`e_machine`).
    case unsupportedMachine(path: String, machine: UInt16)
    /// The file ends before what its headers promise.
    case truncated(path: String, size: UInt64, needed: UInt64)
    /// The headers or the debug data contradict themselves; libelf's or libdw's words.
    case malformed(path: String, detail: String)
    /// Neither the file nor a separate debug file holds DWARF.
    case noDebugInfo(path: String, search: Search)
}
