public import Diagnostics
import Glibc

extension DebugInfoError {
    /// The sentence for a person.
    public var message: String {
        switch self {
        case .notFound(let path): "'\(path)' does not exist"
        case .notRegularFile(let path, let kind): "'\(path)' is \(kind.words), expected an executable file"
        case .unreadable(let path, let code): "'\(path)' cannot be read: \(String(cString: strerror(code)))"
        case .empty(let path): "'\(path)' is empty, expected an ELF executable or shared library"
        case .notELF(let path, let isScript):
            isScript
                ? "'\(path)' is a script, expected an ELF executable or shared library"
                : "'\(path)' is not an ELF file, expected an ELF executable or shared library"
        case .notLinked(let path, let type):
            "'\(path)' is \(Self.typeWords(type)), expected an executable or shared library"
        case .notModule(let path): "'\(path)' is not a kernel module, expected a '.ko' file"
        case .unsupportedClass(let path, let bits):
            "'\(path)' is a \(bits)-bit binary, expected a 64-bit one"
        case .unsupportedMachine(let path, let machine):
            "'\(path)' is built for \(Machine(rawValue: machine).name), expected \(Machine.host.name)"
        case .truncated(let path, let size, let needed):
            "'\(path)' is truncated: it has \(size) bytes, its headers describe \(needed)"
        case .malformed(let path, let detail): "'\(path)' is damaged: \(detail)"
        case .noDebugInfo(let path, _): "'\(path)' has no debug information"
        }
    }

    /// Further facts: what was looked for, what would mend it.
    public var notes: [String] {
        switch self {
        case .notELF(_, true): ["name the interpreter's or the program's own binary instead"]
        case .truncated, .malformed: ["install or build the file again"]
        case .noDebugInfo(_, let search): search.notes
        default: []
        }
    }

    /// The error as a diagnostic at a place of a recipe or argument.
    public func diagnostic(at range: SourceRange? = nil) -> Diagnostic {
        .error(message, at: range, notes: notes)
    }

    private static func typeWords(_ type: UInt16) -> String {
        switch type {
        case 1: "a relocatable object file"
        case 4: "a core dump"
        default: "an ELF file of type \(type)"
        }
    }
}

extension DebugInfoError.FileKind {
    fileprivate var words: String {
        switch self {
        case .directory: "a directory"
        case .fifo: "a named pipe"
        case .socket: "a socket"
        case .characterDevice: "a character device"
        case .blockDevice: "a block device"
        case .other: "not a regular file"
        }
    }
}

extension DebugInfoError.Search {
    fileprivate var notes: [String] {
        var notes: [String] = []
        if !missing.isEmpty {
            notes.append(
                "looked for DWARF in the file and in \(missing.map { "'\($0)'" }.joined(separator: ", "))")
        }
        for rejection in rejected {
            let reason =
                switch rejection.reason {
                case .otherBuildID(let id):
                    "has build id \(id?.description ?? "none"), expected \(buildID?.description ?? "none")"
                case .otherChecksum: "has another checksum than the binary's .gnu_debuglink names"
                case .unusable: "is not a usable ELF file"
                case .noDWARF: "holds no DWARF"
                }
            notes.append("'\(rejection.path)' \(reason)")
        }
        if let package {
            notes.append(
                package == "libc6"
                    ? "install it with 'apt-get install libc6-dbg'"
                    : "install '\(package)-dbgsym' from Debian's debug archive (deb http://deb.debian.org/debian-debug bookworm-debug main), or '\(package)-dbg' where it exists"
            )
        } else {
            notes.append("build the program with '-g' and do not strip it, or install its debug package")
        }
        if let note = remote?.note(isPackaged: package != nil) { notes.append(note) }
        return notes
    }
}
