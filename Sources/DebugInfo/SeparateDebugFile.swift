import CElfutils
import Glibc

/// Finds the file that holds the DWARF of a stripped binary, as gdb and libdwfl do.
///
/// By build id first (`ROOT/.build-id/ab/cdef….debug`), then by `.gnu_debuglink` beside the binary, in
/// `.debug/` and below each root, at last what debuginfod gave; a file is taken only if it belongs to the same build.
struct SeparateDebugFile {
    let binary: ELFHandle
    let roots: [String]
    let remote: RemoteDebugFiles

    init(of binary: ELFHandle, roots: [String], remote: RemoteDebugFiles) {
        self.binary = binary
        self.roots = roots
        self.remote = remote
    }

    /// The debug file, or an error that lists everything that was tried.
    func open() throws(DebugInfoError) -> ELFHandle {
        let buildID = binary.buildID
        var search = DebugInfoError.Search(buildID: buildID)
        if let name = buildID?.debugFileName {
            for root in roots {
                if let file = take("\(root)/\(name)", checksum: nil, buildID, &search) { return file }
            }
        }
        if let link = binary.debugLink, !link.name.isEmpty, !link.name.contains("/") {
            let folder = Binary.folder(of: binary.path)
            let candidates =
                ["\(folder)/\(link.name)", "\(folder)/.debug/\(link.name)"]
                + roots.map { "\($0)\(folder)/\(link.name)" }
            for path in candidates {
                if let file = take(path, checksum: link.checksum, buildID, &search) { return file }
            }
        }
        if let buildID {
            if let path = remote.files[buildID] {
                if let file = take(path, checksum: nil, buildID, &search) { return file }
            } else {
                search.remote = remote.place(of: buildID)
            }
        }
        search.package = DebianPackages.owner(of: SmallFile.canonical(binary.path))
        throw .noDebugInfo(path: binary.path, search: search)
    }

    private func take(
        _ path: String, checksum: UInt32?, _ buildID: BuildID?, _ search: inout DebugInfoError.Search
    ) -> ELFHandle? {
        guard SmallFile.exists(path, binary.opener),
            SmallFile.canonical(path) != SmallFile.canonical(binary.path)
        else {
            search.missing.append(path)
            return nil
        }
        guard
            let file = try? ELFHandle(
                path: path, machine: Machine(rawValue: binary.header.e_machine), opener: binary.opener)
        else {
            search.rejected.append(.init(path: path, reason: .unusable))
            return nil
        }
        // With a build id on both sides the checksum says nothing more, and costs reading the whole file.
        if let buildID, let other = file.buildID {
            guard buildID == other else {
                search.rejected.append(.init(path: path, reason: .otherBuildID(other)))
                return nil
            }
        } else if let checksum {
            guard CRC32.ofFile(path) == checksum else {
                search.rejected.append(.init(path: path, reason: .otherChecksum))
                return nil
            }
        } else {
            search.rejected.append(.init(path: path, reason: .otherBuildID(file.buildID)))
            return nil
        }
        guard file.hasDWARF else {
            search.rejected.append(.init(path: path, reason: .noDWARF))
            return nil
        }
        return file
    }
}
