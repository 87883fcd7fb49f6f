import Foundation
import Testing

/// The recipes for nginx, held against each version that is built here: one file of each fits all.
struct NginxVersionTests {
    /// A built nginx, and which version it is.
    private struct Build {
        var binary: String
        var version: String
    }

    private static let builds: [Build] = {
        let cache = Tool.root + "/.cache"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        return names.sorted().compactMap { name in
            let binary = "\(cache)/\(name)/nginx"
            guard FileManager.default.isExecutableFile(atPath: binary),
                let package = try? String(contentsOfFile: "\(cache)/\(name)/version", encoding: .utf8),
                let version = package.split(separator: "-").first
            else { return nil }
            return Build(binary: binary, version: String(version))
        }
    }()

    private static let recipes: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Tool.root + "/recipes")) ?? []
        return names.filter { $0.hasPrefix("nginx-") && $0.hasSuffix(".yaml") }.map {
            String($0.dropLast(".yaml".count))
        }.sorted()
    }()

    @Test func twoVersionsAreBuilt() {
        #expect(
            Set(Self.builds.map(\.version)).count > 1,
            "Scripts/nginx.sh and 'Scripts/nginx.sh trixie' build them")
    }

    @Test(arguments: recipes)
    func theRecipeFitsEachVersionAndNamesIt(recipe: String) throws {
        let page = try Tool().run(["show", recipe, "--recipes", Tool.root + "/recipes"]).output
        for build in Self.builds {
            let result = try Tool().run(["validate", recipe, "--binary", build.binary])
            #expect(result.status == 0 && result.output.hasPrefix("\(recipe): fits"), "\(build): \(result)")
            #expect(
                page.contains("nginx \(build.version)"),
                "\(recipe) does not name \(build.version) in 'tried-with'")
        }
    }
}
