import DebugInfo
import Diagnostics
import FoundationEssentials
import Resolver

/// What is asked about programs' debug information: a value, so that a process without rights can answer it.
enum DebugQuestion: Codable {
    /// Whether a script fits.
    case script(ScriptQuestion)
    /// What probe points stand for, as the text that is printed.
    case listing(ListingQuestion)
    /// The libraries that programs are loaded with, by their paths.
    case libraries([String])
    /// Something about a mapped file, as an `UnwindService` understands it.
    case module(Data)

    /// What a helper does, as a message calls it.
    var work: String {
        switch self {
        case .script: "checking the script against its programs"
        case .listing: "listing probe points"
        case .libraries: "looking for a program's libraries"
        case .module: "reading a mapped file"
        }
    }
}

/// A script that is to be held against programs.
struct ScriptQuestion: Codable {
    /// What messages call the script.
    var name: String
    var text: Data
    /// What `$1`, `@1` and so on stand for.
    var arguments: [String]
    var tapset: InstalledTapset.Place
    var place: LookupPlace
    /// Whether it is asked how each target expression is read at each place.
    var withLoads = false

    /// The script that the answer's places are in.
    var source: SourceFile { SourceFile(name: name, bytes: Array(text)) }
}

/// Probe points that are to be listed.
struct ListingQuestion: Codable {
    /// The points as they stand between `probe` and `{`.
    var points: String
    /// The tapset and the kernel whose points are listed.
    var tapset: InstalledTapset.Place
    /// Whether the variables that can be read are listed, and their types laid out.
    var withVariables: Bool
    var withTypes: Bool
    var isJSON: Bool
    var place: LookupPlace
}

/// Where names are looked up.
struct LookupPlace: Codable {
    /// The program of `process.…` without a path.
    var target: String?
    var workingDirectory: String
    var searchPath: [String]
    /// The folders that hold the kernel's and its modules' separate debug files.
    var kernelDebugRoots: [String]
    var remote: RemoteDebugFiles
}
