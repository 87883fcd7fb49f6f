/// Where a binary's own `DT_RPATH` and `DT_RUNPATH` and the system say that libraries lie (ld.so(8)).
struct LibrarySearchPaths {
    var rpath: String?
    var runpath: String?

    /// The most folders that one binary's paths are taken to name: each is asked for every library.
    static let mostFolders = 256

    /// The folders of one binary, in the order of the search.
    func folders(origin: String) -> [String] {
        // DT_RPATH counts only where there is no DT_RUNPATH.
        (runpath ?? rpath ?? "").split(separator: ":", maxSplits: Self.mostFolders).prefix(Self.mostFolders)
            .map {
                Self.substitute(String($0), origin: origin)
            }
    }

    /// The folders of ld.so.conf and the built-in ones.
    static func systemFolders(machine: Machine) -> [String] {
        let triplet = machine == .aarch64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu"
        var folders: [String] = []
        var files = ["/etc/ld.so.conf"]
        files += SmallFile.names(in: "/etc/ld.so.conf.d").filter { $0.hasSuffix(".conf") }
            .map { "/etc/ld.so.conf.d/\($0)" }
        for file in files {
            for line in SmallFile.lines(file) where line.hasPrefix("/") { folders.append(line) }
        }
        return folders + [
            "/lib/\(triplet)", "/usr/lib/\(triplet)", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
        ]
    }

    private static func substitute(_ folder: String, origin: String) -> String {
        var text = folder
        for word in ["${ORIGIN}", "$ORIGIN"] {
            guard let range = text.firstRange(of: word) else { continue }
            text.replaceSubrange(range, with: origin)
        }
        return text
    }
}

/// A library that a binary needs, directly or through another.
public struct NeededLibrary: Sendable, Hashable {
    /// The name in `DT_NEEDED`.
    public var name: String
    /// The file that the loader would take, or nil where none was found.
    public var path: String?
}

extension Binary {
    /// Every library that would be loaded with this binary, as ldd(1) lists them but without running anything.
    ///
    /// Found through `DT_RUNPATH`, `DT_RPATH`, the folders of ld.so.conf and the loader's own.
    public func loadedLibraries() -> [NeededLibrary] {
        let system = LibrarySearchPaths.systemFolders(machine: machine)
        var found: [NeededLibrary] = []
        var known: Set<String> = []
        var waiting = neededLibraries.map { ($0, searchPaths.folders(origin: Self.folder(of: path))) }
        while !waiting.isEmpty, found.count < 512 {
            let (name, folders) = waiting.removeFirst()
            guard known.insert(name).inserted else { continue }
            let candidates = name.contains("/") ? [name] : (folders + system).map { "\($0)/\(name)" }
            var library: Binary?
            for candidate in candidates {
                library = try? Binary(path: candidate, machine: machine, opener: elf.opener)
                if library != nil { break }
            }
            found.append(NeededLibrary(name: name, path: library.map { SmallFile.canonical($0.path) }))
            guard let library else { continue }
            let next = library.searchPaths.folders(origin: Self.folder(of: library.path))
            waiting += library.neededLibraries.map { ($0, next) }
        }
        return found
    }

    static func folder(of path: String) -> String {
        let whole = SmallFile.canonical(path)
        guard let slash = whole.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == whole.startIndex ? "/" : String(whole[..<slash])
    }
}
