import Diagnostics
import Foundation
import Resolver
import TestSupport
import Testing

private let verdictFile = Programs.fixtures.appendingPathComponent("kernel-verdicts.txt")

private let verdicts: [Verdict] = Verdict.read(verdictFile)

@Test func theKernelVerdictsBelongToTheCasesAndTheModule() throws {
    let cases = try String(
        contentsOf: Programs.fixtures.appendingPathComponent("kernel-cases.txt"), encoding: .utf8)
    let scripts = cases.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    #expect(scripts == verdicts.map(\.script), "run Scripts/renew-kernel-verdicts and review the difference")
    let sum = try run("sh", ["-c", "cd \"$0\" && cat module/tapmod.c | cksum", Programs.fixtures.path])
    let text = try String(contentsOf: verdictFile, encoding: .utf8)
    #expect(text.contains("# sources: \(sum.output)"))
    #expect(scripts.count >= 100)
}

@Test(arguments: verdicts) func theVerdictOnAKernelPointIsStaps(_ verdict: Verdict) throws {
    let script = try KernelFixtures.shared.get().script(verdict.script)
    let programs = try Programs.shared.get()
    let complaints = try programs.complaints(script, KernelFixtures.installed)
    // stap is asked without -g.
    let isAccepted =
        try complaints.isEmpty && !programs.resolve(script, KernelFixtures.installed).traits.needsGuru
    #expect(isAccepted == verdict.isAccepted, "\(complaints.map(\.message))")
}

@Test func aSampleOfTheKernelVerdictsIsStapsToday() throws {
    var generator = SeededGenerator()
    let fixtures = try KernelFixtures.shared.get()
    for verdict in verdicts.shuffled(using: &generator).prefix(5) {
        let script = fixtures.script(verdict.script)
        let status = try run("stap", ["-r", KernelFixtures.release, "-p2", "-e", script]).status
        #expect(
            (status == 0) == verdict.isAccepted,
            "seed \(generator.seed): stap left with \(status) for \(script)")
    }
}
