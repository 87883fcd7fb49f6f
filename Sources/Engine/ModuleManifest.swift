import DebugInfo
import Diagnostics
import Digests
import FoundationEssentials
import Glibc
public import RecipeModel
import Synchronization
import Templater

/// What a compiled module carries besides its code: enough to run and summarize it on a machine that has
/// neither the recipe nor what it was compiled for.
///
/// It is JSON in an ELF section of its own, which the kernel's module loader passes over (it loads allocated
/// sections only).
public struct ModuleManifest: Codable, Sendable {
    static let section = ".taprecipe"
    static let currentVersion = 1

    /// The version of this form; another is refused.
    public var version = Self.currentVersion
    /// The recipe's YAML.
    public var recipe: String
    /// Where that was read, for messages.
    public var recipePath: String
    /// The recipes that it extends, the nearest first; nil where there are none.
    public var bases: [Base]?
    /// The values of the recipe's parameters, by name.
    public var arguments: [String: ParameterValue]
    /// The limits that the module was compiled with.
    public var limits: Limits
    /// SHA-256 of the expanded script, in hexadecimal: a taprecipe that expands the recipe to another text must
    /// not explain this module's output by it.
    public var scriptDigest: String
    /// What compiled it, such as `stap 4.8`.
    public var engine: String
    /// What its results are in doubt for, in words; nil where nothing is.
    public var doubts: [String]?
    /// The files that the module probes; it fits no other build of them.
    public var probedFiles: [ProbedFile]

    /// A recipe that another extends.
    public struct Base: Codable, Sendable {
        /// Where it was read, for messages.
        public var path: String
        /// Its YAML.
        public var text: String
    }

    /// Creates the manifest of a module compiled for a request.
    public init(
        recipe: Recipe, request: RunRequest, module: StapEngine.CompiledModule, engine: String,
        doubts: [String] = []
    ) {
        self.engine = engine
        self.doubts = doubts.isEmpty ? nil : doubts
        self.recipe = String(decoding: recipe.source.bytes, as: UTF8.self)
        recipePath = recipe.source.name
        bases =
            recipe.bases.isEmpty
            ? nil : recipe.bases.map { Base(path: $0.name, text: String(decoding: $0.bytes, as: UTF8.self)) }
        arguments = request.script.arguments
        limits = module.limits
        scriptDigest = SHA256.hex(of: request.script.text.bytes)
        probedFiles = request.probedFiles
    }

    /// Reads a module's manifest.
    public init(ofModule path: String) throws(EngineError) {
        guard ModuleInformation(try Files.readModule(path)) != nil,
            let file = try? RelocatableFile(path: path)
        else { throw .notAModule(path) }
        guard let content = file.content(ofSection: Self.section) else { throw .moduleWithoutManifest(path) }
        guard let manifest = try? JSONDecoder().decode(Self.self, from: Data(content)),
            manifest.version == Self.currentVersion
        else { throw .moduleOfAnotherVersion(path) }
        self = manifest
    }

    /// Throws where a script is not the one that the module was compiled from.
    public func requireScript(_ text: [UInt8], module path: String) throws(EngineError) {
        guard SHA256.hex(of: text) == scriptDigest else { throw .moduleOfAnotherVersion(path) }
    }

    /// Throws where a probed file is another build here than where the module was compiled.
    public func requireProbedFiles(module path: String) throws(EngineError) {
        for file in probedFiles {
            guard let expected = file.buildID else { continue }
            let found = try ELFBuildID.identity(of: file.path)
            guard found == expected else {
                throw .moduleOfAnotherBuild(path, file: file.path, expected: expected, found: found)
            }
        }
    }

    var encoded: [UInt8] {
        get throws(EngineError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            do {
                return Array(try encoder.encode(self))
            } catch {
                throw .cannotWrite(Self.section, reason: "\(error)")
            }
        }
    }
}

extension StapEngine {
    /// A copy of a compiled module with its manifest in it, as bytes; objcopy(1) puts it there.
    public func export(
        _ module: CompiledModule, manifest: ModuleManifest, directories: EngineDirectories
    ) async throws(EngineError) -> [UInt8] {
        guard access(tools.objcopy, X_OK) == 0 else { throw .missingTool(tools.objcopy, package: "binutils") }
        let temporary = try TemporaryDirectory(in: directories.temporary)
        let (section, copy) = (temporary.path("manifest"), temporary.path("module.ko"))
        try Files.write(try manifest.encoded, to: section)
        let words = Mutex<[UInt8]>([])
        let child = ChildProcess(
            executable: tools.objcopy,
            arguments: [
                "--add-section", "\(ModuleManifest.section)=\(section)", module.path, copy,
            ],
            environment: ["LC_ALL": "C"], workingDirectory: temporary.path, setpriv: tools.setpriv)
        let status = try await child.run(
            started: { _ in }, output: { _ in }, error: { piece in words.withLock { $0 += piece } })
        guard status == .exited(0) else {
            throw .cannotWrite(
                copy, reason: String(decoding: words.withLock { $0 }.prefix(500), as: UTF8.self))
        }
        return try Files.read(copy)
    }
}
