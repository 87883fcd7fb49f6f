import Foundation
import TestSupport

@testable import Signing

/// Debian's minisign, which judges what we sign and makes what we verify, in a folder of its own.
final class Minisign {
    let folder: URL
    /// A key pair that no passphrase protects.
    let secretFile: [UInt8]
    let publicFile: [UInt8]

    init() throws {
        folder = try TestTool.temporaryFolder()
        _ = try TestTool.output(
            of: "minisign",
            ["-G", "-W", "-p", folder.path + "/key.pub", "-s", folder.path + "/key.key"])
        secretFile = Array(try Data(contentsOf: folder.appendingPathComponent("key.key")))
        publicFile = Array(try Data(contentsOf: folder.appendingPathComponent("key.pub")))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var publicKey: PublicKey { get throws { try PublicKey(file: publicFile) } }

    var secretKey: SecretKey {
        get throws {
            var bytes = secretFile
            return try SecretKey(file: &bytes) { throw SigningProblem.wrongPassphrase }
        }
    }

    /// The file of a signature that it makes of a message.
    func sign(_ message: [UInt8], _ options: [String] = []) throws -> [UInt8] {
        try Data(message).write(to: folder.appendingPathComponent("message"))
        let signature = folder.appendingPathComponent("message.minisig")
        try? FileManager.default.removeItem(at: signature)
        _ = try TestTool.output(
            of: "minisign",
            ["-S", "-W", "-s", folder.path + "/key.key", "-m", folder.path + "/message"] + options)
        return Array(try Data(contentsOf: signature))
    }

    /// Verifies a signature; returns the trusted comment, and throws where it does not believe it.
    func verify(_ message: [UInt8], _ signature: [UInt8], publicKey: String = "key.pub") throws -> String {
        try Data(message).write(to: folder.appendingPathComponent("message"))
        try Data(signature).write(to: folder.appendingPathComponent("message.minisig"))
        let output = try TestTool.output(
            of: "minisign",
            ["-V", "-Q", "-m", folder.path + "/message", "-p", "\(folder.path)/\(publicKey)"])
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
