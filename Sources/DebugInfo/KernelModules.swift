import CKmod
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
        /// Neither installed nor built in nor loaded.
        case notFound
    }

    /// The kernel's release, such as `6.1.0-56-amd64`.
    public let release: String
    /// Whether the release has a folder of modules.
    public let isInstalled: Bool
    private let context: OpaquePointer?

    /// Opens the index of a release.
    public init(release: String) {
        self.release = release
        let folder = "/lib/modules/\(release)"
        var status = stat()
        let isPlain = !release.isEmpty && !release.contains("/") && release != "." && release != ".."
        isInstalled = isPlain && stat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        context = isInstalled ? kmod_new(folder, nil) : nil
    }

    deinit {
        if let context { kmod_unref(context) }
    }

    /// Finds a module by its name or alias; `-` and `_` are the same.
    public func lookup(_ name: String) -> Lookup {
        let isLoaded = Self.isLoaded(name)
        guard let context else { return isLoaded ? .loadedOnly : .notFound }
        var list: OpaquePointer?
        guard kmod_module_new_from_lookup(context, name, &list) >= 0, let list else {
            return isLoaded ? .loadedOnly : .notFound
        }
        defer { kmod_module_unref_list(list) }
        guard let module = kmod_module_get_module(list) else { return .notFound }
        defer { kmod_module_unref(module) }
        if let path = kmod_module_get_path(module) {
            return .file(path: String(cString: path), isLoaded: isLoaded)
        }
        return kmod_module_get_initstate(module) == Int32(KMOD_MODULE_BUILTIN.rawValue) ? .builtIn : .notFound
    }

    private static func isLoaded(_ name: String) -> Bool {
        let wanted = String(name.map { $0 == "-" ? "_" : $0 })
        return SmallFile.lines("/proc/modules").contains { $0.prefix { $0 != " " } == wanted }
    }
}
