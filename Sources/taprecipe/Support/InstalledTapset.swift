import Diagnostics
import Glibc
import Resolver
import StapLanguage

/// What stap gives a script besides its text: facts of the kernel, and the macros, functions and probe aliases
/// of the tapset that is installed here.
struct InstalledTapset {
    /// Which tapset it is, and for what.
    struct Place: Codable, Equatable {
        /// Where SystemTap's tapset is.
        var folder: String
        /// The kernel that the script is to run on.
        var kernelRelease: String
        /// Whether stap would run with `-g`.
        var isGuru: Bool
    }

    /// Where SystemTap's own tapset is; `SYSTEMTAP_TAPSET` names another, as for stap(1).
    static var folder: String {
        Surroundings.environment["SYSTEMTAP_TAPSET"] ?? "/usr/share/systemtap/tapset"
    }

    let place: Place
    /// Facts of the kernel, as far as its configuration can be read here.
    let facts: PreprocessorFacts
    /// The tapset's macros; none where there is no tapset, so that a script which uses one is told so.
    let macros: MacroLibrary
    /// The tapset's functions and probe aliases; nil where there is no tapset.
    let library: Tapset?

    /// Finds the files; they are read when they are needed.
    init(_ place: Place) {
        self.place = place
        let configurations = [
            "/lib/modules/\(place.kernelRelease)/build/.config", "/boot/config-\(place.kernelRelease)",
        ]
        var facts = PreprocessorFacts(kernelRelease: place.kernelRelease, guru: place.isGuru)
        facts.readConfiguration {
            configurations.lazy.compactMap { Self.read($0) }.first.map { String(decoding: $0, as: UTF8.self) }
        }
        let folders = MacroLibrary.folders(for: facts).reversed()
        let files = folders.flatMap { Self.files("\(place.folder)/\($0)") }
        let macros = MacroLibrary(facts: facts) {
            files.filter { $0.hasSuffix(".stpm") }.compactMap { path in
                Self.read(path).map { SourceFile(name: path, bytes: $0) }
            }
        }
        let paths = files.filter { $0.hasSuffix(".stp") }
        self.facts = facts
        self.macros = macros
        library =
            paths.isEmpty
            ? nil : Tapset(paths: paths, options: .init(facts: facts, macros: macros), read: Self.read)
    }

    @Sendable private static func read(_ path: String) -> [UInt8]? {
        try? InputFile(path: path).read(limit: 4 << 20)
    }

    /// The paths of what a folder holds, sorted, without hidden files; none where it cannot be read.
    private static func files(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }
}
