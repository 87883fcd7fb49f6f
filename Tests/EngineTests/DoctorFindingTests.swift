import Engine
import Foundation
import TestSupport
import Testing

/// Every finding on a machine that shows it, held against the whole answer in `Tests/Fixtures/Doctor`.
///
/// `make golden` writes the answers anew, for a person to review in the diff.
struct DoctorFindingTests {
    private static let nginx = RecipeFacts(
        name: "nginx-5xx", executables: [.init(parameter: "binary", path: "/usr/sbin/nginx")])

    private static let unsupported: RecipeFacts = {
        var recipe = RecipeFacts(name: "fork-trace", probesPrograms: false)
        recipe.unsupported = ["it has no probes of this kind", "nor of that"]
        return recipe
    }()

    static let cases: [DoctorFixture] = [
        DoctorFixture(name: "healthy", question: .init(recipes: [nginx])),
        DoctorFixture(name: "no-module-support", without: ["proc/modules"]),
        DoctorFixture(name: "no-module-list", without: ["proc/modules"]),
        DoctorFixture(name: "modules-disabled"),
        DoctorFixture(name: "lockdown"),
        DoctorFixture(name: "lockdown-hidden", hidden: ["/sys/kernel/security"]),
        DoctorFixture(name: "secure-boot", without: ["sys/kernel/security"]),
        DoctorFixture(name: "signature-enforced"),
        DoctorFixture(
            name: "no-kprobes",
            question: .init(recipes: [RecipeFacts(name: "fork-trace", probesPrograms: false)])),
        DoctorFixture(
            name: "symbols", without: ["boot", "usr/src/linux-headers-6.1.0-56-amd64/.config"],
            question: .init(recipes: [nginx])),
        DoctorFixture(
            name: "symbols-hidden", without: ["boot", "usr/src/linux-headers-6.1.0-56-amd64/.config"],
            hidden: ["/proc/kallsyms", "/proc/sys/kernel/modules_disabled", "/sys/module"]),
        DoctorFixture(
            name: "headers-hidden", hidden: ["/usr/src", "/lib/modules/6.1.0-56-amd64/build"]),
        DoctorFixture(name: "everything-hidden", hidden: ["/"]),
        DoctorFixture(name: "debugfs"),
        DoctorFixture(name: "no-build-tree"),
        DoctorFixture(name: "build-tree-removed"),
        DoctorFixture(
            name: "build-tree-incomplete",
            without: ["usr/src/linux-headers-6.1.0-56-amd64/Module.symvers"]),
        DoctorFixture(name: "build-tree-of-other"),
        DoctorFixture(name: "other-kernel", question: .init(kernelRelease: "6.6.13-amd64")),
        DoctorFixture(name: "hostile-release", question: .init(kernelRelease: "../../\u{1B}[2J x")),
        DoctorFixture(name: "no-tools", without: ["usr/bin/gcc-12", "usr/bin/make"]),
        DoctorFixture(name: "other-compiler", without: ["usr/bin/gcc-12"]),
        DoctorFixture(name: "no-stap", without: ["usr/bin/stap", "usr/bin/staprun"]),
        DoctorFixture(name: "stap-too-old"),
        DoctorFixture(name: "stap-untested"),
        DoctorFixture(name: "stap-silent", without: ["commands/stap"]),
        DoctorFixture(name: "task-work-cancel"),
        DoctorFixture(name: "uprobe-register"),
        DoctorFixture(name: "not-root"),
        DoctorFixture(name: "stap-groups", modes: ["/usr/bin/staprun": 0o755]),
        DoctorFixture(name: "container"),
        DoctorFixture(name: "bpf-old-kernel"),
        DoctorFixture(name: "bpf-memory"),
        DoctorFixture(name: "bpf-lockdown"),
        DoctorFixture(name: "bpf-capabilities"),
        DoctorFixture(name: "bpf-no-ptrace"),
        DoctorFixture(name: "bpf-container"),
        DoctorFixture(name: "bpf-user"),
        DoctorFixture(name: "bpf-process-namespace"),
        DoctorFixture(name: "bpf-narrow", question: .init(recipes: [nginx])),
        DoctorFixture(
            name: "bpf-no-system-call",
            without: ["proc/sys/kernel/unprivileged_bpf_disabled", "sys/bus", "sys/kernel/btf"]),
        DoctorFixture(name: "bpf-no-types", without: ["sys/kernel/btf"]),
        DoctorFixture(
            name: "bpf-unsupported-script",
            question: .init(recipes: [unsupported])),
        DoctorFixture(name: "container-without-capability"),
        DoctorFixture(name: "user-namespace"),
        DoctorFixture(name: "low-space", free: 5 << 20),
        DoctorFixture(name: "low-memory", free: 100 << 20),
        DoctorFixture(
            name: "left-over-module",
            locks: .known([
                HeldLock(
                    module: "taprecipe_nginx_5xx_1a2b", pid: 77, since: 1_700_000_000 - 190,
                    recipe: "nginx-5xx"),
                HeldLock(module: "taprecipe_other", since: .min),
            ]), question: .init(recipes: [nginx])),
        DoctorFixture(name: "locks-hidden", locks: .unreadable(EACCES)),
        DoctorFixture(
            name: "debug-info-missing", debugInfo: .missing(buildID: "abc123"),
            question: .init(executables: [
                "/usr/sbin/nginx", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/stap",
            ])),
        DoctorFixture(
            name: "debug-info-mismatch",
            debugInfo: .mismatch(path: "/usr/lib/debug/x.debug", expected: "aa11", found: "bb22"),
            question: .init(recipes: [nginx])),
        DoctorFixture(
            name: "debug-info-separate", debugInfo: .separate(path: "/usr/lib/debug/x.debug"),
            question: .init(recipes: [nginx])),
        DoctorFixture(name: "not-elf", debugInfo: .notELF, question: .init(recipes: [nginx])),
        DoctorFixture(name: "replaced", question: .init(recipes: [nginx], pid: 4242)),
        DoctorFixture(name: "no-process", question: .init(pid: 4343)),
        DoctorFixture(name: "hidden-process", hidden: ["/proc/4242"], question: .init(pid: 4242)),
        DoctorFixture(
            name: "recipes", without: ["usr/sbin/nginx"],
            question: .init(
                recipes: [
                    nginx,
                    RecipeFacts(
                        name: "fork-trace", distrust: "'/tmp/fork trace.yaml' can be written by others",
                        distrustMend: "chmod go-w '/tmp/fork trace.yaml'", needsGuru: true,
                        probesPrograms: false, probesKernel: true, needsKernelDebugInfo: true),
                ], executables: ["/no/such"])),
        DoctorFixture(
            name: "fedora",
            without: ["lib/modules/6.1.0-56-amd64/build", "usr/bin/stap", "usr/bin/gcc-12"],
            debugInfo: .missing(buildID: nil), question: .init(executables: ["/usr/sbin/nginx"])),
    ]

    @Test(arguments: cases)
    func answerIsTheGoldenOne(_ fixture: DoctorFixture) async throws {
        let report = Doctor.examine(try await fixture.facts())
        let answer =
            DoctorRenderer().render(report) + "exit code \(report.exitCode())\n"
        let golden = DoctorFixture.folder.appending(path: "\(fixture.name)/expected.txt")
        #expect(try Golden.difference(answer, from: golden.path) == nil)
    }

    @Test func aFullCacheStopsNoRunAndAFullTemporaryFolderDoes() async throws {
        for (isSpare, severity) in [(true, Finding.Severity.warning), (false, .blocking)] {
            let fixture = DoctorFixture(
                name: "low-space", free: 5 << 20,
                question: .init(folders: isSpare ? [] : ["/tmp"], spareFolders: isSpare ? ["/tmp"] : []))
            let findings = Doctor.examine(try await fixture.facts()).findings
            #expect(findings.first { $0.id == "low-space" }?.severity == severity)
        }
    }

    @Test func everyKindOfFindingHasACaseAndItsOwnWords() async throws {
        var ids: Set<String> = []
        for fixture in Self.cases {
            for finding in Doctor.examine(try await fixture.facts()).findings {
                ids.insert(finding.id)
                #expect(!finding.title.isEmpty)
                #expect(finding.severity == .ok || finding.severity == .warning || !finding.stops.isEmpty)
            }
        }
        let expected: Set<String> = [
            "module-support", "no-module-support", "module-loading-disabled", "lockdown", "lockdown-unknown",
            "module-signatures", "kprobes", "no-kprobes", "uprobes", "no-uprobes", "debugfs", "unreadable",
            "unknown",
            "build-tree", "no-build-tree", "build-tree-incomplete", "build-tree-mismatch", "compiler",
            "no-compiler", "compiler-mismatch", "no-make", "no-kernel-debug-info", "stap", "no-stap",
            "stap-version-unknown", "stap-too-old", "stap-untested", "no-staprun", "staprun-mode",
            "runtime-fits", "runtime-corrected", "runtime-broken", "root", "stap-groups", "not-root",
            "no-module-capability", "user-namespace", "container", "low-space", "low-memory", "lock-held",
            "left-over-module", "debug-info", "no-debug-info", "debug-info-mismatch", "not-elf",
            "no-such-file", "no-such-process", "replaced-binary", "missing-executable", "guru",
            "distrusted-recipe", "bpf", "kernel-before-bpf", "no-bpf", "no-uprobe-events", "lockdown-bpf",
            "no-btf",
            "locked-memory", "bpf-capabilities", "no-bpf-capabilities", "may-need-sys-admin",
            "no-ptrace-capability", "process-namespace", "32-bit-program", "unsupported-script",
        ]
        #expect(ids == expected)
    }
}

extension DoctorFixture: CustomTestStringConvertible {
    var testDescription: String { name }
}
