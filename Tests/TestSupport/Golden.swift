import Foundation

/// Whole outputs that a person has reviewed; `GOLDEN=1` (which `make golden` sets) writes them anew.
public enum Golden {
    /// Where an output first differs from its golden file; nil where it does not.
    public static func difference(_ text: String, from path: String) throws -> String? {
        if !(ProcessInfo.processInfo.environment["GOLDEN"] ?? "").isEmpty {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        guard let golden = try? String(contentsOfFile: path, encoding: .utf8) else {
            return "there is no \(path), 'make golden' writes it"
        }
        guard text != golden else { return nil }
        let found = text.split(separator: "\n", omittingEmptySubsequences: false)
        let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let line =
            zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(found.count, expected.count)
        func shown(_ lines: [Substring]) -> String { line < lines.count ? "'\(lines[line])'" : "the end" }
        return "\(path):\(line + 1): found \(shown(found)), expected \(shown(expected))"
    }
}
