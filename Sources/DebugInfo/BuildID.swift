/// The identity of one build of a binary: the bytes of its `NT_GNU_BUILD_ID` note.
public struct BuildID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The bytes, usually 20.
    public let bytes: [UInt8]

    /// Creates a build id.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Lower-case hexadecimal digits.
    public var description: String { Self.hexadecimal(bytes) }

    /// Where a separate debug file of this build lies below a debug folder: `.build-id/ab/cdef….debug`.
    var debugFileName: String? {
        guard bytes.count >= 2 else { return nil }
        return ".build-id/\(Self.hexadecimal(bytes[..<1]))/\(Self.hexadecimal(bytes[1...])).debug"
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
