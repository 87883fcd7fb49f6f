import Diagnostics
import Foundation
import Resolver
import TestSupport
import Testing

/// A script of cases.txt and stap's verdict on it.
struct Verdict: CustomTestStringConvertible, Sendable {
    var isAccepted: Bool
    var script: String
    var testDescription: String { script }

    static let file = Programs.fixtures.appendingPathComponent("p2-verdicts.txt")

    static let all = read(file)

    /// The verdicts in a file.
    static func read(_ file: URL) -> [Verdict] {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return Verdict(isAccepted: parts[0] == "accepts", script: String(parts[1]))
        }
    }
}

@Test func theVerdictsBelongToTheCasesAndPrograms() throws {
    let cases = try String(contentsOf: Programs.fixtures.appendingPathComponent("cases.txt"), encoding: .utf8)
    let scripts = cases.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    #expect(scripts == Verdict.all.map(\.script), "run Scripts/renew-p2-verdicts and review the difference")
    let sum = try run(
        "sh",
        [
            "-c", "cd \"$0\" && cat ../DebugInfo/shop.c classes.cc optimized.c shapes.c | cksum",
            Programs.fixtures.path,
        ])
    let verdicts = try String(contentsOf: Verdict.file, encoding: .utf8)
    #expect(
        verdicts.contains("# sources: \(sum.output)"),
        "run Scripts/renew-p2-verdicts and review the difference"
    )
    #expect(scripts.count >= 300)
}

/// The scripts on which we differ from `stap -p2` on purpose; docs/parity.md has the reasons.
private let explained: Set<String> = {
    let file = Programs.fixtures.appendingPathComponent("p2-differences.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return Set(text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") })
}()

/// Prints what `Scripts/parity-verdicts` shows: the percentage, and every difference.
@Test func theVerdictsAreStaps() throws {
    let programs = try Programs.shared.get()
    var agreed = 0
    for verdict in Verdict.all {
        let (isAccepted, complaints) = try programs.accepts(verdict.script)
        if isAccepted == verdict.isAccepted { agreed += 1 }
        let isExplained = explained.contains(verdict.script)
        if isAccepted != verdict.isAccepted {
            print(
                "parity: \(isExplained ? "explained" : "DIFFERENT"): stap "
                    + "\(verdict.isAccepted ? "accepts" : "refuses"): \(verdict.script)")
        }
        #expect(
            (isAccepted == verdict.isAccepted) != isExplained,
            "\(verdict.script): stap \(verdict.isAccepted ? "accepts" : "refuses"), \(complaints.map(\.message))"
        )
    }
    let count = Verdict.all.count
    let percent = String(format: "%.1f", Double(agreed) * 100 / Double(count))
    print("parity: \(agreed) of \(count) verdicts are stap's (\(percent) %)")
    #expect(explained.isSubset(of: Verdict.all.map(\.script)))
}

@Test func aSampleOfTheVerdictsIsStapsToday() throws {
    var generator = SeededGenerator()
    let programs = try Programs.shared.get()
    for verdict in Verdict.all.shuffled(using: &generator).prefix(6) {
        let isGuru = verdict.script.hasPrefix("-g ")
        let script = programs.script(isGuru ? String(verdict.script.dropFirst(3)) : verdict.script)
        let options = ["-r", InstalledKernel.release, "-p2"] + (isGuru ? ["-g"] : [])
        let status = try run("stap", options + ["-e", script]).status
        #expect(
            (status == 0) == verdict.isAccepted,
            "seed \(generator.seed): stap left with \(status) for \(script); apt-get install systemtap linux-headers-amd64"
        )
    }
}
