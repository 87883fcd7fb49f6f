public import Diagnostics
public import Signing

/// The keys whose bundles are believed, as a file states them: a public key's line each, as in `minisign.pub`.
public struct TrustedKeys: Sendable {
    /// The most bytes of such a file.
    public static let maximumSize = 1 << 20

    /// The keys, in their order.
    public let keys: [PublicKey]

    /// Reads a file; empty lines, those that begin with `#`, and minisign's comments are passed over.
    ///
    /// - Throws: Every line that is none of these and no key: a file that is half understood is not believed.
    public init(reading source: SourceFile) throws(DiagnosticsError) {
        var keys: [PublicKey] = []
        var problems: [Diagnostic] = []
        for number in 1...source.lineCount {
            let line = String(decoding: source.line(number), as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || line.hasPrefix("#") || line.hasPrefix("untrusted comment:") { continue }
            if words.count == 1, let key = PublicKey(line: words[0]) {
                keys.append(key)
                continue
            }
            let start = source.offset(line: number, column: 1)
            problems.append(
                .error(
                    "found no public key, expected a line such as the second one of minisign.pub",
                    at: source.range(start, start + source.line(number).count),
                    notes: ["comments begin with '#'"]))
        }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        self.keys = keys
    }
}
