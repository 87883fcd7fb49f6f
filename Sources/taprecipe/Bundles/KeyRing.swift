import Diagnostics
import Glibc
import RecipeBundles
import RecipeModel
import Signing

/// The keys whose recipe bundles are believed here.
///
/// Those of the machine are in one file. Where that is there, root runs nothing but what one of them signed; other users
/// may have a file of their own besides. A file that cannot be read, or that others could have written, is never passed over.
enum KeyRing {
    /// The machine's file.
    static let system = "/etc/taprecipe/trusted-keys"

    /// Whether root runs only what is signed.
    static var isPolicy: Bool { exists(system) }

    /// The keys, for the user that this process runs as.
    static func keys() throws(DiagnosticsError) -> [PublicKey] {
        let isRoot = Surroundings.effectiveUser == 0
        var keys: [PublicKey] = []
        if isPolicy {
            keys = try read(system)
            if isRoot { return keys }
        }
        if let own, exists(own) { keys += try read(own) }
        return keys
    }

    /// That nobody is believed.
    static func noKey(for bundle: String) -> DiagnosticsError {
        DiagnosticsError(
            .error(
                "recipe bundle '\(bundle)' is not used, as no key is trusted here",
                notes: [
                    "the line of the signer's public key (minisign.pub) belongs into \(system)"
                        + (own.map { ", or for you alone into \($0)" } ?? "")
                ]))
    }

    /// The user's file.
    private static var own: String? {
        SearchPath.userFolder(Surroundings.environment).map { "\($0)/trusted-keys" }
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        // A link that leads nowhere is there, and anything else that cannot be looked at.
        return lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    private static func read(_ path: String) throws(DiagnosticsError) -> [PublicKey] {
        let problem = RecipeTrust.problem(
            path: path, effectiveUser: Surroundings.effectiveUser, of: .trustedKeys)
        if let problem { throw DiagnosticsError(problem) }
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path: path).read(limit: TrustedKeys.maximumSize)
        } catch {
            let words = (error as? SystemFailure)?.diagnostic.message ?? "cannot read '\(path)'"
            throw DiagnosticsError(
                .error(words, notes: ["it holds the keys whose recipe bundles are believed"]))
        }
        return try TrustedKeys(reading: SourceFile(name: path, bytes: bytes)).keys
    }
}
