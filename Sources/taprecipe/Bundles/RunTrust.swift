import Diagnostics
import RecipeModel

/// What root may run: what nobody else could have put there and, where the machine trusts keys, what one of them signed.
enum RunTrust {
    /// Why a recipe, runbook or module must not be run by that user; nil where it may.
    static func problem(
        _ path: String, of document: DocumentKind = .recipe,
        user: UInt32 = Surroundings.effectiveUser
    ) -> Diagnostic? {
        if user == 0, KeyRing.isPolicy, BundlePath(path) == nil {
            return .error(
                "\(document.rawValue) '\(path)' is not run as root, as it is not from a signed recipe bundle",
                notes: [
                    "root runs here only what is signed by a key of \(KeyRing.system)",
                    "'taprecipe bundle' makes such a bundle",
                ])
        }
        return RecipeTrust.problem(path: path, effectiveUser: user, of: document)
    }
}
