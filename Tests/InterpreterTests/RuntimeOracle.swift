import Foundation
import TestSupport

/// The installed SystemTap runtime itself, compiled into a program that answers questions:
/// `Tests/Fixtures/Interpreter/runtime-oracle.c`.
enum RuntimeOracle {
    private static let binary = Result { () throws -> String in
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Interpreter/runtime-oracle.c")
        let binary = FileManager.default.temporaryDirectory.appendingPathComponent(
            "taprecipe-oracle-\(getpid())"
        ).path
        _ = try TestTool.output(
            of: "cc",
            ["-O1", "-fwrapv", "-w", "-I", "/usr/share/systemtap/runtime", "-o", binary, source.path])
        return binary
    }

    /// One answer a question.
    static func answers(to questions: [String]) throws -> [String] {
        let input = questions.map { $0 + "\n" }.joined()
        let output = try TestTool.output(of: try binary.get(), [], input: input)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        bytes.isEmpty ? "-" : bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
