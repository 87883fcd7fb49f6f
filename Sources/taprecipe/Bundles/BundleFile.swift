import Diagnostics
import Glibc
import RecipeBundles
import Signing

/// A recipe bundle's file and that of its signature beside it, each read once: what is verified is what is used.
struct BundleFile {
    private let path: String
    private let bytes: [UInt8]
    private let signature: [UInt8]

    /// Reads both.
    init(_ path: String) throws(DiagnosticsError) {
        self.path = path
        bytes = try Self.read(path, limit: VerifiedBundle.maximumSize) { "\($0)" }
        signature = try Self.read(path + Signature.suffix, limit: Signature.maximumSize) { failure in
            "recipe bundle '\(path)' is not used, as it has no signature: \(failure)"
        }
    }

    /// The bundle, where one of the keys signed it.
    func verified(by keys: [PublicKey]) throws(DiagnosticsError) -> VerifiedBundle {
        do throws(RecipeBundleProblem) {
            return try VerifiedBundle(bytes, signature: signature, keys: keys)
        } catch {
            throw DiagnosticsError(
                .error("recipe bundle '\(path)' is not used: \(error)", notes: Self.notes(error, keys)))
        }
    }

    private static func notes(_ problem: RecipeBundleProblem, _ keys: [PublicKey]) -> [String] {
        guard case .signature(.unknownKey) = problem else { return [] }
        return ["trusted are the keys \(keys.map { "\($0.id)" }.joined(separator: ", "))"]
    }

    private static func read(
        _ path: String, limit: Int, _ words: (String) -> String
    ) throws(DiagnosticsError) -> [UInt8] {
        do {
            return try InputFile(path: path).read(limit: limit)
        } catch {
            let failure = error as? SystemFailure ?? SystemFailure(action: "cannot read '\(path)'", code: EIO)
            throw DiagnosticsError(.error(words(failure.diagnostic.message)))
        }
    }
}
