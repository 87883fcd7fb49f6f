import Diagnostics
import RecipeBundles
import RecipeModel
import Report
import Signing
import Synchronization

/// The recipe bundles that this process has looked into: each is read once and verified, and then kept in memory.
final class OpenedBundles: Sendable {
    private let opened = Mutex<[String: Result<VerifiedBundle, DiagnosticsError>]>([:])

    /// The bundle in a file.
    ///
    /// - Throws: Why it is not believed, the same every time.
    func open(_ path: String) throws(DiagnosticsError) -> VerifiedBundle {
        try opened.withLock { opened in
            if let known = opened[path] { return known }
            let result = Result { () throws(DiagnosticsError) in
                let keys = try KeyRing.keys()
                guard !keys.isEmpty else { throw KeyRing.noKey(for: path) }
                return try BundleFile(path).verified(by: keys)
            }
            opened[path] = result
            return result
        }.get()
    }

    /// The reader of recipes' files that looks into them.
    var files: RecipeFiles {
        RecipeFiles { path throws(DiagnosticsError) in try self.open(path).files }
    }

    /// What a summary says of the bundle that a file is in; nil where it is in none.
    func facts(of file: String) -> RunFacts.Bundle? {
        guard let path = BundlePath(file), let bundle = try? open(path.bundle) else { return nil }
        return RunFacts.Bundle(
            path: path.bundle, created: UTCTime.text(bundle.files.created), key: "\(bundle.key.id)",
            comment: bundle.comment)
    }
}

extension Surroundings {
    /// The bundles that were opened, for the whole process, so that every part of it sees the same.
    static let bundles = OpenedBundles()
}
