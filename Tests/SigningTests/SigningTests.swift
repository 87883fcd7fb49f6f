import Foundation
import TestSupport
import Testing

@testable import Signing

/// Signatures as minisign makes and believes them.
@Suite struct SigningTests {
    private static let messages = [0, 1, 63, 64, 65, 128, 4096, 1 << 20].map { size in
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
    }

    @Test func minisignVerifiesWhatWeSign() throws {
        let minisign = try Minisign()
        let key = try minisign.secretKey
        for message in Self.messages {
            for comment in ["", "fleet 12", "timestamp:1\tfile:日本", String(repeating: "c", count: 4096)] {
                let signature = try key.sign(message, trustedComment: comment)
                #expect(try minisign.verify(message, signature.file) == comment)
                #expect(try Signature(file: signature.file) == signature)
            }
        }
    }

    @Test(arguments: [[], ["-l"]])
    func weVerifyWhatMinisignSigns(form: [String]) throws {
        let minisign = try Minisign()
        let key = try minisign.publicKey
        #expect(
            String(decoding: minisign.publicFile, as: UTF8.self).contains(
                "minisign public key \(String(key.id.value, radix: 16, uppercase: true))\n"))
        for message in Self.messages {
            let file = try minisign.sign(message, form + ["-t", "of 2026\t日本", "-c", "anything"])
            let signature = try Signature(file: file)
            #expect(signature.file == file)
            #expect(signature.algorithm == (form.isEmpty ? .prehashedSignature : .signature))
            #expect(signature.trustedComment == Array("of 2026\t日本".utf8))
            #expect(try signature.verify(message, by: [key]) == key)
        }
    }

    @Test func keysWithAPassphraseAreDecrypted() throws {
        let minisign = try Minisign()
        let path = minisign.folder.path
        _ = try TestTool.output(
            of: "minisign", ["-G", "-p", path + "/locked.pub", "-s", path + "/locked.key"],
            input: "open sesame\nopen sesame\n")
        let locked = Array(try Data(contentsOf: minisign.folder.appendingPathComponent("locked.key")))
        var bytes = locked
        let key = try SecretKey(file: &bytes) { Array("open sesame".utf8) }
        #expect(bytes.allSatisfy { $0 == 0 })
        let signature = try key.sign([1, 2, 3], trustedComment: "locked")
        #expect(try minisign.verify([1, 2, 3], signature.file, publicKey: "locked.pub") == "locked")
        bytes = locked
        #expect(throws: SigningProblem.wrongPassphrase) {
            try SecretKey(file: &bytes) { Array("open sesam".utf8) }
        }
        bytes = locked
        #expect(throws: SigningProblem.wrongPassphrase) { try SecretKey(file: &bytes) { [] } }
    }

    /// All but the untrusted comment, which nobody signs.
    @Test func aChangedByteAnywhereIsRefused() throws {
        var random = SeededGenerator()
        let minisign = try Minisign()
        let keys = [try minisign.publicKey]
        let message = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        for form in [[], ["-l"]] {
            let file = try minisign.sign(message, form + ["-t", "a comment", "-c", "nobody's"])
            let signature = try Signature(file: file)
            for place in message.indices {
                var changed = message
                changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                #expect(throws: SigningProblem.wrongSignature(signature.keyID), "seed \(random.seed)") {
                    try signature.verify(changed, by: keys)
                }
            }
            let untrusted = "untrusted comment: ".utf8.count..<"untrusted comment: nobody's".utf8.count
            for place in file.indices where !untrusted.contains(place) {
                var changed = file
                changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                #expect(throws: SigningProblem.self, "byte \(place), seed \(random.seed)") {
                    try Signature(file: changed).verify(message, by: keys)
                }
            }
            for count in file.indices {
                #expect(throws: SigningProblem.noSignature) {
                    try Signature(file: Array(file.prefix(count)))
                }
            }
            #expect(throws: SigningProblem.noSignature) { try Signature(file: file + [0x0A]) }
        }
    }

    /// Base 64 has one text for some bytes, and none beyond ASCII.
    @Test func noByteBeyondASCIIStandsForALetter() throws {
        let minisign = try Minisign()
        let key = try minisign.publicKey
        let message: [UInt8] = [1, 2, 3]
        let file = try minisign.sign(message, ["-t", "a comment"])
        let lines = file.split(separator: 0x0A)
        for place in [lines[1].indices, lines[3].indices].joined() {
            for byte in UInt8(0x80)...0xFF {
                var changed = file
                changed[place] = byte
                #expect(throws: SigningProblem.noSignature, "byte \(place): \(byte)") {
                    try Signature(file: changed).verify(message, by: [key])
                }
            }
        }
    }

    @Test func theRightWordsForEachMistake() throws {
        let (minisign, other) = (try Minisign(), try Minisign())
        let message = Array("message".utf8)
        let key = try minisign.publicKey
        let file = try minisign.sign(message, ["-t", "one"])
        #expect(throws: SigningProblem.unknownKey(key.id)) {
            try Signature(file: file).verify(message, by: [other.publicKey])
        }
        #expect(throws: SigningProblem.unknownKey(key.id)) {
            try Signature(file: file).verify(message, by: [])
        }
        // A key that only claims to be the other one.
        let liar = PublicKey(id: key.id, key: try other.publicKey.key)
        #expect(throws: SigningProblem.wrongSignature(key.id)) {
            try Signature(file: file).verify(message, by: [liar])
        }
        #expect(try Signature(file: file).verify(message, by: [liar, key]) == key)
        let text = String(decoding: file, as: UTF8.self)
        let renamed = text.replacingOccurrences(of: "trusted comment: one", with: "trusted comment: two")
        #expect(throws: SigningProblem.wrongComment(key.id)) {
            try Signature(file: Array(renamed.utf8)).verify(message, by: [key])
        }
        for comment in ["two\nlines", "a\u{1B}[2J", String(repeating: "c", count: 4097)] {
            #expect(throws: SigningProblem.badComment) {
                try minisign.secretKey.sign(message, trustedComment: comment)
            }
        }
    }

    @Test func filesThatHoldNoKeyAreTold() throws {
        let minisign = try Minisign()
        let line = try minisign.publicKey.line
        #expect(String(decoding: minisign.publicFile, as: UTF8.self).hasSuffix("\n\(line)\n"))
        for text in ["", "RW", line + "A", String(line.dropLast()), "\(line)\n\(line)", "\(line) \(line)"] {
            #expect(throws: SigningProblem.noPublicKey, "\(text)") { try PublicKey(file: Array(text.utf8)) }
        }
        #expect(throws: SigningProblem.noPublicKey) { try PublicKey(file: minisign.secretFile) }
        for count in 0..<minisign.secretFile.count - 1 {
            var bytes = Array(minisign.secretFile.prefix(count))
            #expect(throws: SigningProblem.noSecretKey) { try SecretKey(file: &bytes) { [] } }
        }
        var bytes = minisign.publicFile
        #expect(throws: SigningProblem.noSecretKey) { try SecretKey(file: &bytes) { [] } }
        // A key's file must not make us take all memory.
        var blob = try #require(Sodium.bytes(base64: minisign.secretFile.split(separator: 0x0A)[1]))
        blob.replaceSubrange(2..<4, with: Array("Sc".utf8))
        blob.replaceSubrange(38..<54, with: [UInt8](repeating: 0xFF, count: 16))
        var greedy = Array("untrusted comment: x\n\(Sodium.base64(blob))\n".utf8)
        #expect(throws: SigningProblem.noSecretKey) { try SecretKey(file: &greedy) { [1] } }
    }
}
