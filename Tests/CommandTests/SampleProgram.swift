import Foundation
import TestSupport
import Testing

/// A small program with a recipe that fits it; stripped, its debug information stands in a file of its own, where
/// nobody looks for it.
final class SampleProgram {
    let folder: String
    let buildID: String

    var path: String { "\(folder)/sample" }
    private var cache: String { "\(folder)/cache" }

    init(isStripped: Bool) throws {
        folder = "/var/tmp/taprecipe-debuginfod-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: folder + "/served", withIntermediateDirectories: true)
        try """
        #include <unistd.h>
        struct point { int x, y; };
        __attribute__((noinline)) int measure(struct point *p, int scale) { return p->x * scale + p->y; }
        int main(int argc, char **argv) {
            if (argc > 2) sleep(60);
            struct point p = { argc, 2 }; return measure(&p, 3);
        }
        // \(UUID()): a build of its own

        """.write(toFile: "\(folder)/sample.c", atomically: true, encoding: .utf8)
        try """
        name: sample
        summary: where a point is measured
        script: |
          probe process("\(folder)/sample").function("measure") { printf("%d\\n", $p->x) }

        """.write(toFile: "\(folder)/sample.yaml", atomically: true, encoding: .utf8)
        let notes = try TestTool.shell(
            """
            cd \(folder) && gcc -g3 -O1 -Wl,--build-id=uuid -o sample sample.c &&
            \(isStripped ? "objcopy --only-keep-debug sample served/sample.debug && strip sample &&" : "")
            readelf -n sample
            """)
        buildID = try #require(notes.firstMatch(of: /Build ID: ([0-9a-f]+)/).map { String($0.1) }, "\(notes)")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func validate(
        _ url: String? = nil, _ variables: [String: String] = [:], shell: String? = nil
    ) throws -> Tool.Result {
        try run(["validate"], url, variables, shell: shell)
    }

    /// Runs taprecipe with these words and the recipe's file behind the first.
    func run(
        _ words: [String], _ url: String?, _ variables: [String: String] = [:], shell: String? = nil
    ) throws -> Tool.Result {
        var environment = variables
        environment["DEBUGINFOD_URLS"] = url
        environment["DEBUGINFOD_CACHE_PATH"] = cache
        return try Tool(environment: environment, shell: shell).run(
            words.prefix(1) + ["\(folder)/sample.yaml"] + words.dropFirst(), limit: 30)
    }

    /// Whatever lies in the folders of libdebuginfod's cache, what was not finished too.
    var filesInCache: [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: cache)) ?? []
        return names.filter { $0.contains("/") }
    }

    /// What libdebuginfod keeps of builds; an empty file stands for one that no server had.
    var cachedFiles: [(name: String, size: Int)] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: cache)) ?? []
        return names.filter { $0.hasPrefix("\(buildID)/") }.map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(cache)/\(name)")
            return (name, attributes?[.size] as? Int ?? -1)
        }
    }
}
