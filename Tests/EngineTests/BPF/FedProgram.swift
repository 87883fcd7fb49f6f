import Foundation
import TestSupport

/// A small C program that calls a function with what a file says, so that scripts can be tried on many inputs in one
/// run.
enum FedProgram {
    /// What the function is called with: texts of at most 300 bytes without zeros, and integers.
    struct Call {
        var texts: [[UInt8]]
        var numbers: [Int64]

        /// Draws a call: the first text of any bytes, two of a few characters (of which one may be part of the other),
        /// integers of all sizes.
        init(_ generator: inout SeededGenerator, longest: Int) {
            func length() -> Int {
                Bool.random(using: &generator)
                    ? .random(in: 0...8, using: &generator) : .random(in: 0...longest, using: &generator)
            }
            let any = Self.characters(length(), &generator)
            let few = (0..<length()).map { _ in Array("aab.0x1f-9".utf8).randomElement(using: &generator)! }
            let start = Int.random(in: 0...few.count, using: &generator)
            let part =
                Bool.random(using: &generator)
                ? Array(few[start...].prefix(.random(in: 0...4, using: &generator)))
                : (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    Array("ab.".utf8).randomElement(using: &generator)!
                }
            texts = [any, few, part]
            numbers = [
                .random(in: -3...12, using: &generator),
                .random(in: -10...Int64(longest) + 20, using: &generator),
                Bool.random(using: &generator)
                    ? .random(in: .min ... .max, using: &generator)
                    : .random(in: -300...300, using: &generator),
            ]
        }

        /// Printable characters, others, and UTF-8, also broken.
        private static func characters(_ length: Int, _ generator: inout SeededGenerator) -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < length {
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes.append(.random(in: 1...255, using: &generator))
                case 1:
                    let most = [0x7FF, 0xFFFF, 0x10FFFF].randomElement(using: &generator)!
                    let scalar = UInt32.random(in: 0x80...UInt32(most), using: &generator)
                    // Halves of surrogate pairs too, which Swift does not encode.
                    bytes += Unicode.Scalar(scalar).map { Array(String($0).utf8) } ?? [0xED, 0xA0, 0x80]
                default: bytes.append(.random(in: 0x20...0x7E, using: &generator))
                }
            }
            return Array(bytes.prefix(length))
        }
    }

    /// The program and its input, as a command.
    static func command(_ calls: [Call], in folder: String) throws -> [String] {
        var bytes: [UInt8] = []
        for call in calls {
            for number in call.numbers { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
            for text in call.texts { bytes += [UInt8(text.count & 255), UInt8(text.count >> 8)] + text }
        }
        let input = folder + "/input"
        try Data(bytes).write(to: URL(filePath: input))
        return [path, input]
    }

    static let path = ProbedProgram.compiled(source, name: "fed")

    private static let source = """
        #include <stdint.h>
        #include <stdio.h>
        __attribute__((noinline)) void take(const char *a, const char *b, const char *c, long x, long y, long z)
        {
            __asm__ volatile("" :: "r"(a), "r"(b), "r"(c), "r"(x), "r"(y), "r"(z) : "memory");
        }
        int main(int count, char **words)
        {
            static char texts[3][512];
            FILE *file = count > 1 ? fopen(words[1], "rb") : 0;
            int64_t numbers[3];
            while (file && fread(numbers, 8, 3, file) == 3) {
                for (int i = 0; i < 3; i++) {
                    uint16_t length = 0;
                    if (fread(&length, 2, 1, file) != 1 || length > 511) return 1;
                    texts[i][fread(texts[i], 1, length, file)] = 0;
                }
                take(texts[0], texts[1], texts[2], numbers[0], numbers[1], numbers[2]);
            }
            return 0;
        }
        """
}
