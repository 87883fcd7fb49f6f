import FoundationEssentials
import Glibc
import RecipeModel
import StapMessages

/// The limits that worked for a recipe on a host, after others had been too small.
///
/// Kept in one JSON file in the state directory, written by rename; a file that cannot be read counts as
/// empty, since all it costs is to find the limits again.
struct LimitMemory {
    private struct File: Codable {
        var version = 1
        /// By host name, then by recipe, then by limit.
        var hosts: [String: [String: [String: UInt64]]] = [:]
    }

    private static let mostRecipes = 500
    private let path: String
    private let lockPath: String
    private let host: String

    init(directory: String, host: String = HostName.current) {
        path = directory + "/limits.json"
        lockPath = directory + "/limits.json.lock"
        self.host = host
    }

    /// What is remembered for a recipe.
    func limits(for recipe: String) -> Limits {
        var limits = Limits()
        for (name, value) in load().hosts[host]?[recipe] ?? [:] {
            guard let limit = Self.limit(named: name), let cap = LimitPolicy.cap(limit), value > 0,
                value <= cap
            else { continue }
            limits = LimitPolicy.setting(limit, to: value, in: limits)
        }
        return limits
    }

    /// Remembers that a recipe needs these limits, besides those that it was known to need.
    func remember(_ limits: Limits, for recipe: String, in directory: String) throws(EngineError) {
        try Files.makePrivateDirectory(directory)
        let lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .cannotWrite(lockPath, reason: Files.reason()) }
        defer { close(lock) }
        // Held for a read and a write of a small file; where it cannot be had, the rename still keeps it whole.
        _ = flock(lock, LOCK_EX)
        var file = load()
        var values = file.hosts[host]?[recipe] ?? [:]
        for (macro, value) in limits.macros { values[macro.rawValue] = value }
        if let buffer = limits.bufferMegabytes { values["-s"] = UInt64(clamping: buffer) }
        if file.hosts[host]?.count ?? 0 >= Self.mostRecipes { file.hosts[host] = [:] }
        file.hosts[host, default: [:]][recipe] = values
        try write(file)
        Files.sweepDrafts(directory)
    }

    /// Forgets a recipe's limits, which turned out not to work.
    func forget(_ recipe: String) {
        let lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { return }
        defer { close(lock) }
        _ = flock(lock, LOCK_EX)
        var file = load()
        guard file.hosts[host]?.removeValue(forKey: recipe) != nil else { return }
        try? write(file)
    }

    private func write(_ file: File) throws(EngineError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(file) else { return }
        try Files.replace(path, with: Array(data) + [0x0A])
    }

    private func load() -> File {
        guard let bytes = try? Files.read(path, limit: 4 << 20),
            let file = try? JSONDecoder().decode(File.self, from: Data(bytes)), file.version == 1
        else { return File() }
        return file
    }

    private static func limit(named name: String) -> LimitName? {
        name == "-s" ? .buffer : Limits.Macro(rawValue: name).map { .macro($0) }
    }
}
