import Diagnostics
import Glibc
import Resolver
import StapLanguage

/// What stap gives a script besides its text: facts of the kernel, and the macros, functions and probe aliases
/// of the tapset that is installed here.
struct InstalledTapset {
    /// Where SystemTap's own tapset is; `SYSTEMTAP_TAPSET` names another, as for stap(1).
    private static let folder = Surroundings.environment["SYSTEMTAP_TAPSET"] ?? "/usr/share/systemtap/tapset"

    let facts: PreprocessorFacts

    /// Facts of a kernel, as far as its configuration can be read here.
    init(kernelRelease: String, isGuru: Bool) {
        let places = ["/lib/modules/\(kernelRelease)/build/.config", "/boot/config-\(kernelRelease)"]
        var facts = PreprocessorFacts(kernelRelease: kernelRelease, guru: isGuru)
        facts.readConfiguration {
            places.lazy.compactMap { try? InputFile(path: $0).read(limit: 4 << 20) }.first
                .map { String(decoding: $0, as: UTF8.self) }
        }
        self.facts = facts
    }

    /// The tapset's macros; none where there is no tapset, so that a script which uses one is told so.
    var macros: MacroLibrary {
        MacroLibrary(facts: facts) { [facts] in
            MacroLibrary.folders(for: facts).reversed().flatMap { part in
                Self.files("\(Self.folder)/\(part)/*.stpm").compactMap { path in
                    (try? InputFile(path: path).read(limit: 4 << 20)).map {
                        SourceFile(name: path, bytes: $0)
                    }
                }
            }
        }
    }

    /// The tapset's functions and probe aliases; nil where there is no tapset.
    func library(_ macros: MacroLibrary) -> Tapset? {
        let paths = MacroLibrary.folders(for: facts).reversed().flatMap { part in
            Self.files("\(Self.folder)/\(part)/*.stp")
        }
        guard !paths.isEmpty else { return nil }
        return Tapset(paths: paths, options: .init(facts: facts, macros: macros)) { path in
            try? InputFile(path: path).read(limit: 4 << 20)
        }
    }

    /// The files that match a glob, sorted.
    private static func files(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }
}
