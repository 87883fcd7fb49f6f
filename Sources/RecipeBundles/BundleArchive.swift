import Archives
import Digests
import RecipeModel

/// A bundle as a file: a ZIP archive of the manifest, then of the files in its order.
struct BundleArchive {
    /// The most bytes of a bundle's file.
    static let maximumSize = 16 << 20
    /// The most files in it, and the most bytes of all of them and of each.
    static let maximumFiles = 1000
    static let maximumContent = 64 << 20
    static let maximumFile = 1 << 20

    let manifest: BundleManifest
    let files: BundledFiles

    /// Makes a bundle's archive.
    init(_ files: BundledFiles, program: String) {
        self.files = files
        manifest = BundleManifest(
            created: files.created, program: program,
            files: files.files.sorted { $0.key < $1.key }.map { path, file in
                .init(
                    path: path, sha256: SHA256.hex(of: file.bytes),
                    bases: file.bases.isEmpty ? nil : file.bases)
            })
    }

    /// The file's bytes, the same for the same content.
    var bytes: [UInt8] {
        let members = manifest.files.map { file in
            ZipArchive.Member(name: file.path, content: Deflated(files.files[file.path]?.bytes ?? []))
        }
        return ZipArchive(
            [.init(name: BundleManifest.name, content: Deflated(manifest.json))] + members
        ).bytes
    }

    /// Reads a bundle's archive; whoever signed it may have made it by hand, so nothing is taken for granted.
    init(reading bytes: [UInt8]) throws(RecipeBundleProblem) {
        guard bytes.count <= Self.maximumSize else { throw .tooLarge }
        guard let archive = ZipArchive(reading: bytes, maximumMembers: Self.maximumFiles + 1),
            archive.bytes == bytes, let first = archive.members.first, first.name == BundleManifest.name
        else { throw .noBundle }
        guard first.content.count <= BundleManifest.maximumSize,
            archive.members.allSatisfy({ $0.content.count <= Self.maximumFile }),
            archive.members.reduce(0, { $0 + $1.content.count }) <= Self.maximumContent
        else { throw .tooLarge }
        guard let json = first.content.inflated(), let manifest = BundleManifest(json: json) else {
            throw .noManifest
        }
        self.manifest = manifest
        files = try Self.files(manifest, Array(archive.members.dropFirst()))
    }

    private static func files(
        _ manifest: BundleManifest, _ members: [ZipArchive.Member]
    ) throws(RecipeBundleProblem) -> BundledFiles {
        guard manifest.files.map(\.path) == members.map(\.name) else { throw .otherFiles }
        var files: [String: BundledFiles.File] = [:]
        for (file, member) in zip(manifest.files, members) {
            guard MemberPath.isValid(file.path) else { throw .badPath(file.path) }
            guard let bytes = member.content.inflated(), SHA256.hex(of: bytes) == file.sha256 else {
                throw .otherContent(file.path)
            }
            guard files.updateValue(.init(bytes, bases: file.bases ?? []), forKey: file.path) == nil else {
                throw .twice(file.path)
            }
        }
        for file in manifest.files {
            for base in file.bases ?? [] where files[base] == nil { throw .noBase(base, of: file.path) }
        }
        return BundledFiles(files: files, created: manifest.created)
    }
}
