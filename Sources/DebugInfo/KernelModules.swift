import Glibc

/// The modules of one kernel release, as libkmod finds them.
public final class KernelModules {
    /// What is known of a module's name.
    public enum Lookup: Sendable, Equatable {
        /// A file that can be loaded; `isLoaded` in the running kernel.
        case file(path: String, isLoaded: Bool)
        /// Part of the kernel itself.
        case builtIn
        /// Loaded, but from a file that is not installed for this release.
        case loadedOnly
        /// Built for this release (`modules.order` has it), but the file is not there.
        case notInstalled
        /// Neither built nor installed nor built in nor loaded.
        case notFound
    }

    /// The kernel's release, such as `6.1.0-56-amd64`.
    public let release: String
    /// Whether the release has a folder of modules.
    public let isInstalled: Bool
    /// The folder of the release's modules.
    public let folder: String
    private lazy var index: KmodIndex? = isInstalled ? KmodIndex(folder: folder) : nil
    private let loadedList: String

    /// Opens the index of a release.
    ///
    /// - Parameters:
    ///   - release: The kernel's release.
    ///   - root: The folder with one folder a release.
    ///   - loadedList: The list of loaded modules, as `/proc/modules` is; empty for none.
    public init(release: String, root: String = "/lib/modules", loadedList: String = "/proc/modules") {
        self.release = release
        self.loadedList = loadedList
        folder = "\(root)/\(release)"
        var status = stat()
        let isPlain = !release.isEmpty && !release.contains("/") && release != "." && release != ".."
        isInstalled = isPlain && stat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Finds a module by its name or alias; `-` and `_` are the same.
    public func lookup(_ name: String) -> Lookup {
        let isLoaded = loadedNames.contains(Self.normalized(name))
        guard isInstalled else { return isLoaded ? .loadedOnly : .notFound }
        switch index?[name] ?? .unknown {
        case .path(let path) where SmallFile.exists(path): return .file(path: path, isLoaded: isLoaded)
        case .builtIn: return .builtIn
        case .path, .unknown: break
        }
        // depmod may not have been run since the file was put there, or libkmod is not here to read its list.
        let wanted = Self.normalized(name)
        let other =
            unindexedFiles.first { Self.moduleName(ofFile: $0) == wanted }
            ?? (index == nil ? files[wanted] : nil)
        if let path = other {
            return .file(path: path, isLoaded: isLoaded)
        }
        if isLoaded { return .loadedOnly }
        return builtNames.contains(wanted) ? .notInstalled : .notFound
    }

    /// The names of all modules that have a file, sorted.
    public var names: [String] { Set(files.keys).sorted() }

    /// The files of the modules that a pattern names, by the modules' names, sorted.
    public func files(matching pattern: Glob) -> [(name: String, path: String)] {
        files.filter { pattern.matches($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A module's name by its file's: `snd-pcm.ko.xz` is `snd_pcm`.
    public static func moduleName(ofFile path: String) -> String? {
        let file = path.split(separator: "/").last ?? ""
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts[1] == "ko", !parts[0].isEmpty else { return nil }
        return normalized(String(parts[0]))
    }

    /// depmod's list with the files that it does not know.
    private lazy var files: [String: String] = {
        var found: [String: String] = [:]
        for path in unindexedFiles { if let name = Self.moduleName(ofFile: path) { found[name] = path } }
        for line in SmallFile.lines("\(folder)/modules.dep") {
            let path = String(line.prefix { $0 != ":" })
            guard let name = Self.moduleName(ofFile: path) else { continue }
            found[name] = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        }
        return found
    }()

    /// The files in the folders of modules that did not come with the kernel.
    private lazy var unindexedFiles: [String] = ["extra", "updates", "misc", "weak-updates"].flatMap {
        Self.files(below: "\(folder)/\($0)", depth: 0)
    }

    private static func files(below folder: String, depth: Int) -> [String] {
        guard depth < 16 else { return [] }
        return SmallFile.names(in: folder).flatMap { name in
            let path = "\(folder)/\(name)"
            return SmallFile.exists(path) ? [path] : files(below: path, depth: depth + 1)
        }
    }

    /// The modules that the kernel's build made.
    private lazy var builtNames: Set<String> = Set(
        SmallFile.lines("\(folder)/modules.order").compactMap { line in
            Self.moduleName(ofFile: line.hasSuffix(".o") ? "\(line.dropLast(2)).ko" : line)
        })

    private lazy var loadedNames: Set<String> = Set(
        SmallFile.lines(loadedList).map { String($0.prefix { $0 != " " }) })

    /// A module's name as the kernel has it: with `_` for `-`.
    public static func normalized(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
