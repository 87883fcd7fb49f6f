import Diagnostics
import Foundation
import Lowering
import Resolver
import StapLanguage

@testable import Engine

/// A small C program with debug information, compiled once, that scripts are run on.
enum ProbedProgram {
    /// Its source: what it prints and does is always the same.
    static let source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        struct pair { int left; unsigned char flag : 3; short right; const char *name; struct pair *next; };
        int counter = 7;
        static struct pair second = { 3, 5, -4, "second", 0 };
        static struct pair first = { 1, 2, -2, "first", &second };
        __attribute__((noinline)) long twice(int number, const char *word, struct pair *pair)
        {
            counter += number;
            __asm__ volatile("" ::: "memory");
            return 2L * number + (word ? (long)strlen(word) : 0) + pair->left;
        }
        __attribute__((noinline)) int outer(int number)
        {
            return (int)twice(number, number % 2 ? "odd" : "even", &first) + 1;
        }
        int main(int count, char **words)
        {
            int rounds = count > 1 ? atoi(words[1]) : 3;
            int sum = 0;
            for (int i = 1; i <= rounds; i++) sum += outer(i);
            printf("%d\\n", sum);
            return 0;
        }
        """

    /// The program's path.
    static let path = compiled(source, name: "probed")

    /// The path of a program of a source.
    static func compiled(
        _ source: String, name: String, options: [String] = ["-O1"], by compilerName: String = "gcc"
    ) -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "taprecipe-probed-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name + ".c")
        try? source.write(to: file, atomically: true, encoding: .utf8)
        let program = folder.appending(path: name)
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [compilerName, "-g"] + options + ["-o", program.path, file.path]
        try? compiler.run()
        compiler.waitUntilExit()
        return program.path
    }

    /// The running kernel's, for the types of tracepoints.
    static let context = ResolverContext(
        kernel: KernelContext(release: BPFEngineTests.kernelRelease, isRunning: true))

    /// A script held against a program and lowered; `PROGRAM` stands for its path.
    static func lowered(_ script: String, path: String = path) throws -> Program {
        let text = script.replacing("PROGRAM", with: "process(\"\(path)\")")
        let tree = try ScriptParser.parse(SourceFile(name: "script", text: text))
        return try Program(tree, try Resolver.resolve(tree, in: context))
    }
}
