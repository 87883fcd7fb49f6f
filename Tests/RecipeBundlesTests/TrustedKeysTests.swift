import Diagnostics
import Testing

@testable import RecipeBundles
@testable import Signing

/// Files of trusted keys.
@Suite struct TrustedKeysTests {
    @Test func keysAreReadWithTheirComments() throws {
        let (one, two) = (try Signer().secret.publicKey, try Signer().secret.publicKey)
        let text = """
            # The platform team

            untrusted comment: minisign public key 1
            \(one.line)
              \(two.line)\t
            """
        #expect(try TrustedKeys(reading: SourceFile(name: "k", text: text)).keys == [one, two])
        #expect(try TrustedKeys(reading: SourceFile(name: "k", text: "")).keys == [])
    }

    /// A line that is not understood may be one that was to take trust away.
    @Test func everyLineMustBeUnderstood() throws {
        let key = try Signer().secret.publicKey.line
        for line in ["RWQ", "\(key) platform", key.lowercased() + "!", "revoke \(key)", "\u{0}"] {
            let source = SourceFile(name: "k", text: "\(key)\n\(line)\n")
            let error = #expect(throws: DiagnosticsError.self, "\(line)") { try TrustedKeys(reading: source) }
            #expect(error?.diagnostics.map { $0.range?.start.line } == [2])
        }
    }
}
