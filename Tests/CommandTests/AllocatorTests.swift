import Foundation
import Testing

/// What heap-leaks says of a program whose heap is not libc's: nothing can be concluded, and why.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
final class AllocatorTests {
    private let folder = "/var/tmp/taprecipe-allocators-\(UUID())"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func build(_ compiler: String, _ source: String, _ flags: [String] = []) throws -> String {
        let program = folder + "/program"
        let words =
            ["-g", "-O0", "-fno-builtin", "-o", program, Tool.root + "/Tests/Programs/" + source] + flags
        let result = try Tool(shell: "exec \(compiler) \(words.joined(separator: " "))").run([])
        try #require(result.status == 0, "\(result)")
        return program
    }

    private func run(_ program: String, preload: String? = nil) throws -> (tool: Tool.Result, grade: String) {
        let tool = Tool(environment: preload.map { ["LD_PRELOAD": $0] } ?? [:])
        let result = try tool.run(
            ["run", "heap-leaks", "--engine", "bpf", "--timeout", "20s", "--format", "json", "--", program])
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return (result, json?["grade"] as? String ?? "")
    }

    @Test func objectsOfCPlusPlusAreFollowed() throws {
        let result = try Tool().run([
            "run", "heap-leaks", "--engine", "bpf", "--timeout", "20s", "--format", "folded", "--",
            try build("c++", "allocations.cpp"),
        ])
        let ofObjects = result.output.split(separator: "\n").filter { $0.contains(";main;") }
        #expect(
            ofObjects.count == 1 && ofObjects.first?.hasSuffix(";main;_Znwm;malloc 256") == true, "\(result)")
    }

    @Test func aLibraryThatIsLinkedIsNamed() throws {
        let program = try build("c++", "allocations.cpp", ["-Wl,--no-as-needed", "-l:libjemalloc.so.2"])
        let (result, grade) = try run(program)
        #expect(grade == "inconclusive" && result.status == 6, "\(result)")
        #expect(
            result.errors.hasPrefix(
                "warning: the program's heap is jemalloc's, whose blocks do not come from libc\n"),
            "\(result)")
        #expect(result.output.contains("the program's heap is jemalloc's"))
    }

    @Test func aLibraryThatIsPreloadedIsNamed() throws {
        let (result, grade) = try run(
            try build("c++", "allocations.cpp"), preload: "libtcmalloc_minimal.so.4")
        #expect(grade == "inconclusive" && result.errors.contains("tcmalloc's"), "\(result)")
    }

    @Test func aProgramsOwnMallocIsSeen() throws {
        let (result, grade) = try run(try build("cc", "own-malloc.c"))
        #expect(grade == "inconclusive" && result.errors.contains("brings its own malloc"), "\(result)")
    }
}
