import DebugInfo
import Foundation
import TestSupport
import Testing

/// The real SystemTap, which judges what probe points stand for and which variables they have.
enum Stap {
    /// A kernel whose headers are installed: without one stap does nothing.
    static let release = InstalledKernel.release

    /// `stap -L` for functions of a binary: the probe point's name, and its variables with their types.
    static func list(_ binary: String, _ pattern: String, _ variant: ProbeVariant) throws -> [String: Set<
        String
    >] {
        let suffix = variant == .any ? "" : ".\(variant.rawValue)"
        // stap exits with 1 when nothing matches; that it can run at all shows in the listings that are not empty.
        let text = try run(
            "sh",
            [
                "-c", "stap -r \"$0\" -L \"$1\" || test $? = 1", release,
                "process(\"\(binary)\").function(\"\(pattern)\")\(suffix)",
            ])
        var lines: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            guard let start = line.range(of: ").function(\""),
                let end = line.range(of: "\")\(suffix)", range: start.upperBound..<line.endIndex)
            else { continue }
            let variables = line[end.upperBound...].components(separatedBy: " $").filter { !$0.isEmpty }
            lines[String(line[start.upperBound..<end.lowerBound])] = Set(variables)
        }
        return lines
    }

    /// Where our sites are in the same shape; those whose prologue stap misses at their entry, where it has them.
    static func addresses(of sites: [ProbeSite]) -> [String] {
        sites.map { "\($0.name) \(String($0.isMissedByStap ? $0.entry : $0.address, radix: 16))" }.sorted()
    }

    /// Where stap puts the probes: `name address`, sorted.
    static func addresses(_ binary: String, _ pattern: String) throws -> [String] {
        let script = "probe process(\"\(binary)\").function(\"\(pattern)\") { exit() }"
        let text = try run("sh", ["-c", "stap -r \"$0\" -p2 -vv -e \"$1\" 2>&1", release, script])
        return text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("probe "), let at = line.firstIndex(of: "@"),
                let pc = line.range(of: " pc=0x")
            else { return nil }
            return "\(line.dropFirst(6)[..<at]) \(line[pc.upperBound...])"
        }.sorted()
    }
}

/// Our listing in the same shape.
func list(_ path: String, _ pattern: String, _ variant: ProbeVariant) throws -> [String: Set<String>] {
    let sites = try Binary(path: path).probeSites(matching: #require(FunctionPattern(pattern)), variant)
    let listings = ProbeListing.listings(of: sites, variant)
    return Dictionary(
        uniqueKeysWithValues: listings.map { listing in
            (listing.name, Set(listing.variables.map { "\($0.name):\($0.type)" }))
        })
}
