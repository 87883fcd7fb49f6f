/// The folders and bundles that recipes are looked for in, the strongest first.
public struct SearchPath: Sendable, Equatable {
    /// Where a folder's place on the path comes from.
    public enum Origin: String, Sendable, CaseIterable {
        /// `--recipes DIR`.
        case option
        /// `$TAPRECIPE_PATH`.
        case environment
        /// `$XDG_CONFIG_HOME/taprecipe/recipes` or `~/.config/taprecipe/recipes`.
        case user
        /// `/etc/taprecipe/recipes`.
        case system
        /// Those that came with the program.
        case installed
    }

    /// A folder, or a bundle, and why it is on the path.
    public struct Folder: Sendable, Equatable {
        /// The folder.
        public var path: String
        /// Where its place comes from.
        public var origin: Origin

        /// Creates a folder.
        public init(_ path: String, _ origin: Origin) {
            self.path = path
            self.origin = origin
        }
    }

    /// The folders, the strongest first.
    public var folders: [Folder]

    /// Creates a search path of given folders.
    public init(_ folders: [Folder]) { self.folders = folders }

    /// The search path of a run.
    ///
    /// `options` are the values of `--recipes`, `environment` the process's variables, and `executable` the
    /// absolute path of the running program with links followed, where it is known.
    public init(options: [String], environment: [String: String], executable: String?) {
        folders = options.map { Folder($0, .option) }
        for part in (environment["TAPRECIPE_PATH"] ?? "").split(separator: ":") {
            folders.append(Folder(String(part), .environment))
        }
        if let folder = Self.userFolder(environment) { folders.append(Folder("\(folder)/recipes", .user)) }
        folders.append(Folder("/etc/taprecipe/recipes", .system))
        if let folder = executable.flatMap(Self.installedFolder) {
            folders.append(Folder(folder, .installed))
        }
    }

    /// Where a user's own files for taprecipe are: `$XDG_CONFIG_HOME/taprecipe` or `~/.config/taprecipe`.
    public static func userFolder(_ environment: [String: String]) -> String? {
        // The XDG specification has relative values ignored.
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return "\(folder)/taprecipe" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/.config/taprecipe"
    }

    /// Where the recipes are that came with a program.
    ///
    /// `PREFIX/share/taprecipe/recipes` beside `PREFIX/bin/taprecipe`, and `recipes` of the source checkout for
    /// a program in its `.build`.
    public static func installedFolder(executable: String) -> String? {
        guard executable.hasPrefix("/") else { return nil }
        let parts = executable.split(separator: "/").dropLast()
        let root: ArraySlice<Substring>
        let suffix: [Substring]
        if let build = parts.lastIndex(of: ".build") {
            root = parts[..<build]
            suffix = ["recipes"]
        } else {
            root = parts.dropLast()
            suffix = ["share", "taprecipe", "recipes"]
        }
        return "/" + (root + suffix).joined(separator: "/")
    }
}
