import Diagnostics
import Engine
import Foundation
import Testing

/// The forms in which the doctor's answer is given.
struct DoctorReportTests {
    @Test func plainTerminalsGetASCIIMarks() async throws {
        let report = Doctor.examine(try await DoctorFixture(name: "no-build-tree").facts())
        let text = DoctorRenderer(isASCII: true, width: 60).render(report)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(text.contains("build    x no build tree for 6.18.44-fc\n"))
        #expect(text.contains("--kernel-release 6.1.0-56-amd64 -o X.ko"))
    }

    @Test func colorsOnlyAddEscapes() async throws {
        let report = Doctor.examine(try await DoctorFixture(name: "lockdown").facts())
        let colored = DoctorRenderer(isColored: true).render(report)
        #expect(colored.contains("\u{1B}[31m✗\u{1B}[0m"))
        let plain = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain == DoctorRenderer().render(report))
    }

    @Test(arguments: [0, 1, 40, 4000])
    func everyWidthIsBearable(_ width: Int) async throws {
        let report = Doctor.examine(try await DoctorFixture(name: "no-build-tree").facts())
        let words = { (text: String) in text.split { $0 == " " || $0 == "\n" } }
        #expect(
            words(DoctorRenderer(width: width).render(report)) == words(DoctorRenderer().render(report)))
    }

    @Test func programsGetTheSameFactsAsJSON() async throws {
        let report = Doctor.examine(try await DoctorFixture(name: "no-build-tree").facts())
        let encoded = try JSONEncoder().encode(DoctorDocument(report))
        let json = try #require(try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
        #expect(json["kernel"] as? String == "6.18.44-fc")
        let engine = try #require((json["engines"] as? [[String: Any]])?.last)
        #expect(engine["engine"] as? String == "stap")
        #expect(engine["run"] as? Bool == false)
        #expect(engine["compile"] as? Bool == false)
        #expect(engine["module"] as? Bool == true)
        let findings = try #require(json["findings"] as? [[String: Any]])
        #expect(findings.count == report.findings.count)
        let missing = try #require(findings.first { $0["id"] as? String == "no-build-tree" })
        #expect(missing["severity"] as? String == "blocking")
        #expect(missing["engines"] as? [String] == ["stap"])
        #expect(missing["stops"] as? [String] == ["compile"])
        #expect((missing["mend"] as? [[String: Any]])?.isEmpty == false)
    }

    @Test func aRunThatNoEngineCanDoSaysWhatIsMissingAndWhatMendsIt() async throws {
        let report = Doctor.examine(
            try await DoctorFixture(name: "no-stap", without: ["usr/bin/stap", "usr/bin/staprun"]).facts())
        #expect(report.noEngine(for: .run) == nil, "the built-in engine can")
        let error = try #require(report.noEngine(for: .run, among: [.stap]))
        #expect(error.message == "no engine can run here")
        let compiles = report.noEngine(for: .compile)?.message
        #expect(compiles == "no engine can compile for \(report.compileRelease) here")
        #expect(
            error.notes.map(\.message) == [
                "stap: SystemTap is not installed: there is no 'stap' in PATH",
                "  $ sudo apt-get install systemtap",
                "stap: 'staprun' is not installed: it loads the compiled modules",
                "  $ sudo apt-get install systemtap",
            ])
        #expect(report.noEngine(for: .load) != nil)
    }

    @Test func blockersAreThoseOfWhatIsAsked() async throws {
        let facts = try await DoctorFixture(name: "no-build-tree").facts()
        let report = Doctor.examine(facts)
        #expect(report.blockers(for: .load, engine: .stap).isEmpty)
        #expect(report.blockers(for: .compile, engine: .stap).map(\.id) == ["no-build-tree"])
        #expect(report.blockers(for: .run, engine: .bpf).isEmpty)
        #expect(report.exitCode(for: .load) == 0)
        #expect(report.exitCode(for: .compile) == 4)
        #expect(report.exitCode() == 0)
        #expect(report.noEngine(for: .load) == nil)
    }

    @Test func aUserWhoMayBecomeRootIsNotTurnedAway() async throws {
        let report = Doctor.examine(try await DoctorFixture(name: "not-root").facts())
        #expect(report.exitCode() == 0)
        // A run by this user is, all the same.
        #expect(report.noEngine(for: .run) != nil)
        #expect(report.noEngine(for: .compile) == nil)
    }

    @Test func anErrorNamesTheReasonsOfBothEngines() async throws {
        var facts = try await DoctorFixture(
            name: "bpf-user", without: ["usr/bin/stap"],
            question: .init(recipes: [RecipeFacts(name: "r")])
        ).facts()
        facts.recipes[0].unsupported = ["no such probe"]
        let notes = try #require(Doctor.examine(facts).noEngine(for: .run)).notes.map(\.message)
        #expect(notes.contains { $0.hasPrefix("bpf: BPF programs may not be loaded from here") }, "\(notes)")
        #expect(notes.contains("bpf: it cannot run the script of 'r': no such probe"), "\(notes)")
        #expect(notes.contains { $0.hasPrefix("stap: SystemTap is not installed") }, "\(notes)")
        #expect(notes.contains { $0.hasPrefix("  $ sudo setpriv --reuid") }, "\(notes)")
        // Another kernel's modules are SystemTap's to make: the built-in engine's reasons are none there.
        let compile = try #require(Doctor.examine(facts).noEngine(for: .compile))
        #expect(!compile.notes.contains { $0.message.hasPrefix("bpf: ") })
    }
}
