/// The lines of a signature's file.
enum SignatureText {
    static let untrustedComment = "untrusted comment: "
    static let trustedComment = "trusted comment: "
    /// The most bytes of a signature's file.
    static let maximumSize = 16 << 10

    /// What stands in the four lines: both comments without their prefixes, and both signatures in base 64.
    typealias Lines = (
        untrusted: ArraySlice<UInt8>, signature: ArraySlice<UInt8>, trusted: ArraySlice<UInt8>,
        commentSignature: ArraySlice<UInt8>
    )

    /// Reads them; nil where there are not just these four, each ended by a line feed.
    static func lines(_ bytes: [UInt8]) -> Lines? {
        guard bytes.count <= maximumSize else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count == 5, lines[4].isEmpty,
            lines[0].starts(with: untrustedComment.utf8), lines[2].starts(with: trustedComment.utf8)
        else { return nil }
        return (
            lines[0].dropFirst(untrustedComment.utf8.count), lines[1],
            lines[2].dropFirst(trustedComment.utf8.count), lines[3]
        )
    }

    /// Whether minisign takes a comment: one line, of no more bytes than it reads.
    static func isComment(_ text: String, atMost limit: Int) -> Bool {
        text.utf8.count <= limit
            && text.unicodeScalars.allSatisfy { $0 == "\t" || ($0.value >= 0x20 && $0.value != 0x7F) }
    }
}
