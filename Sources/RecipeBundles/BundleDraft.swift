import Diagnostics
public import RecipeModel

/// A recipe bundle in the making.
public struct BundleDraft: Sendable {
    /// Why something has no place in it.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// Two files of other content would have one path.
        case conflict(String)
        /// A file's path is none that a bundle's file can have.
        case badPath(String)
        /// There is too much in it.
        case tooLarge

        /// The words for a person.
        public var description: String {
            switch self {
            case .conflict(let path): "two files would be '\(path)' in the bundle"
            case .badPath(let path): "'\(path)' cannot be the path of a bundle's file"
            case .tooLarge:
                "a bundle holds at most \(BundleArchive.maximumFiles) files of 1 MiB, and 64 MiB in all"
            }
        }
    }

    private var files: BundledFiles

    /// Starts an empty one; `created` is in seconds since 1970.
    public init(created: Int64) { files = BundledFiles(files: [:], created: created) }

    /// Adds a recipe, by default as one that its name finds, with all that it extends.
    ///
    /// `scripts` are those that its tests compare with, by the names of their files beside it.
    public mutating func add(
        _ recipe: Recipe, at path: String? = nil, scripts: [(name: String, bytes: [UInt8])] = []
    ) throws(Problem) {
        let path = path ?? "\(recipe.name).yaml"
        var bases: [String] = []
        for base in recipe.bases {
            let name = base.name.split(separator: "/").last.map(String.init) ?? base.name
            bases.append(try place(base.bytes, as: name))
        }
        try add(.init(recipe.source.bytes, bases: bases), at: path)
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        for script in scripts { try add(.init(script.bytes), at: folder + script.name) }
    }

    /// Adds a runbook; the recipes of its steps are added apart.
    public mutating func add(_ runbook: Runbook) throws(Problem) {
        try add(.init(runbook.source.bytes), at: "\(BundledFiles.runbookFolder)/\(runbook.name).yaml")
    }

    /// Its bytes, the same for the same content.
    public func bytes(program: String) throws(Problem) -> [UInt8] {
        let sizes = files.files.values.map(\.bytes.count)
        let bytes = BundleArchive(files, program: program).bytes
        guard sizes.count <= BundleArchive.maximumFiles, bytes.count <= BundleArchive.maximumSize,
            sizes.reduce(0, +) <= BundleArchive.maximumContent - BundleManifest.maximumSize
        else { throw .tooLarge }
        return bytes
    }

    /// Adds a recipe that others extend; two of one name are told apart by a number.
    private mutating func place(_ bytes: [UInt8], as name: String) throws(Problem) -> String {
        for number in 1...BundleArchive.maximumFiles {
            let folder = BundledFiles.baseFolder + (number > 1 ? "/\(number)" : "")
            let path = "\(folder)/\(name)"
            guard let file = files.files[path] else {
                try add(.init(bytes), at: path)
                return path
            }
            if file.bytes == bytes { return path }
        }
        throw .tooLarge
    }

    private mutating func add(_ file: BundledFiles.File, at path: String) throws(Problem) {
        guard MemberPath.isValid(path) else { throw .badPath(path) }
        guard file.bytes.count <= BundleArchive.maximumFile else { throw .tooLarge }
        if let known = files.files[path], known != file { throw .conflict(path) }
        files.files[path] = file
    }
}
