import FoundationEssentials

/// What a bundle says of itself (`manifest.json`): when and by what it was made, and which files it holds.
///
/// Version 1; members are only added within a version.
struct BundleManifest: Codable, Equatable {
    /// A file of the bundle.
    struct File: Codable, Equatable {
        /// Its path in the bundle.
        var path: String
        /// The SHA-256 digest of its content, in hexadecimal.
        var sha256: String
        /// Of a recipe, the paths of those that it extends, the nearest first.
        var bases: [String]?
    }

    static let format = "taprecipe.bundle"
    static let name = "manifest.json"
    static let maximumSize = 1 << 20

    var format = Self.format
    var version = 1
    /// Seconds since 1970.
    var created: Int64
    /// The version of taprecipe.
    var program: String
    var files: [File]

    /// As a file, the same for the same content.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        // Texts and numbers alone, so that nothing in it cannot be said.
        return Array((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
    }

    init(created: Int64, program: String, files: [File]) {
        self.created = created
        self.program = program
        self.files = files
    }

    /// Reads one; nil where it is none that this version knows.
    init?(json bytes: [UInt8]) {
        guard let manifest = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
            manifest.format == Self.format, manifest.version == 1
        else { return nil }
        self = manifest
    }
}
