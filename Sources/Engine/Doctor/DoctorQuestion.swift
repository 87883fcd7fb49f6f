/// What the doctor is asked: which recipes, on what, for which kernel, as which environment.
public struct DoctorQuestion: Sendable {
    /// The kernel release to compile for; nil for the running one.
    public var kernelRelease: String?
    /// The recipes to be run.
    public var recipes: [RecipeFacts]
    /// Programs to be probed, beside those that the recipes' parameters name; absolute paths.
    public var executables: [String]
    /// The process to be probed.
    public var pid: Int32?
    /// The folders of `PATH`.
    public var searchPath: [String]
    /// Another folder of SystemTap's runtime (`SYSTEMTAP_RUNTIME`).
    public var runtime: String?
    /// The folders that a compile writes to: the one for temporary files.
    public var folders: [String]
    /// Those that it writes to only for later runs: the cache.
    public var spareFolders: [String]

    /// Creates a question.
    public init(
        kernelRelease: String? = nil, recipes: [RecipeFacts] = [], executables: [String] = [],
        pid: Int32? = nil, searchPath: [String] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"],
        runtime: String? = nil, folders: [String] = ["/tmp"], spareFolders: [String] = []
    ) {
        self.kernelRelease = kernelRelease
        self.recipes = recipes
        self.executables = executables
        self.pid = pid
        self.searchPath = searchPath
        self.runtime = runtime
        self.folders = folders
        self.spareFolders = spareFolders
    }
}
