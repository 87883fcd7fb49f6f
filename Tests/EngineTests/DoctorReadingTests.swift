import Foundation
import Testing

@testable import Engine

/// What the doctor reads out of files and of what other programs print.
struct DoctorReadingTests {
    @Test(arguments: [
        ("gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0", "gcc", 12),
        ("x86_64-linux-gnu-gcc-13 (Debian 13.3.0-6) 13.3.0", "gcc", 13),
        ("gcc (GCC) 14.2.1 20240912 (Red Hat 14.2.1-3)", "gcc", 14),
        ("Debian clang version 14.0.6", "clang", 14),
        ("gcc-11 (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0", "gcc", 11),
    ])
    func compilerSeries(_ line: String, _ name: String, _ major: Int) {
        let series = BuildFacts.compilerSeries(line)
        #expect(series?.name == name)
        #expect(series?.major == major)
    }

    @Test(arguments: ["", "cc", "gcc (", "99999999999999999999999"])
    func compilerLinesThatSayNothingHaveNoSeries(_ line: String) {
        #expect(BuildFacts.compilerSeries(line) == nil)
    }

    @Test func stapVersionAndTestedKernels() {
        let version = StapVersion(
            output: """
                Systemtap translator/driver (version 5.1/0.191, Debian version 5.1-5)
                tested kernel versions: 3.10 ... 6.8-rc
                """)
        #expect(version == StapVersion(number: "5.1", newestTestedKernel: "6.8-rc"))
        #expect(version?.isUntested(with: "6.12.9-amd64") == true)
        #expect(version?.isUntested(with: "6.8.1") == false)
        #expect(version?.isUntested(with: "") == false)
        #expect(StapVersion(output: "stap: command not found") == nil)
        #expect(StapVersion(output: "(version )") == nil)
        #expect(StapVersion(number: "3.9").isTooOld)
        #expect(!StapVersion(number: "4.0").isTooOld)
        #expect(!StapVersion(number: "10.0").isTooOld)
    }

    @Test func runtimeFitsByTheArgumentsOfTheKernelsFunctions() {
        let new = "bool task_work_cancel(struct task_struct *task, struct callback_head *cb);"
        let old = "struct callback_head *\ntask_work_cancel(struct task_struct *, task_work_func_t);"
        let uses = "twork = task_work_cancel(task, func);"
        func troubles(_ header: String, _ runtime: String) -> Set<RuntimeFit.Trouble> {
            RuntimeFit.troubles(in: .init(taskWorkHeader: header, runtimeTaskWork: runtime))
        }
        #expect(troubles(new, uses) == [.taskWorkCancel])
        #expect(troubles(old, uses).isEmpty)
        #expect(troubles("/* \(new) */ \(old)", uses).isEmpty)
        #expect(troubles("bool my_task_work_cancel(int, struct callback_head *);", uses).isEmpty)
        #expect(troubles(new, "lookup(\"task_work_cancel_func\")").isEmpty)
        #expect(troubles(new, "// task_work_cancel_func\n\(uses)") == [.taskWorkCancel])
        #expect(troubles(new, "").isEmpty)
        #expect(troubles("task_work_cancel(((((", uses).isEmpty)
        #expect(troubles("/* task_work_cancel", uses).isEmpty)
    }

    @Test func uprobeRegistrationByTheNumberOfItsArguments() {
        let new =
            "struct uprobe *uprobe_register(struct inode *i, loff_t o, loff_t r, struct uprobe_consumer *c);"
        func troubles(_ header: String, _ runtime: String) -> Set<RuntimeFit.Trouble> {
            RuntimeFit.troubles(in: .init(uprobesHeader: header, runtimeUprobes: runtime))
        }
        #expect(troubles(new, "uprobe_register (inode, f(a, b), &c)") == [.uprobeRegister])
        #expect(troubles(new, "uprobe_register(i, o, c); uprobe_register(i, o, 0, c);").isEmpty)
        #expect(troubles("int uprobe_register(a, b, c);", "uprobe_register(i, o, c)").isEmpty)
        #expect(troubles(new, "#define uprobe_register (* (fn)pointer)") == [.uprobeRegister])
    }

    @Test func mendsQuoteWhatAShellWouldTakeApart() {
        #expect(FindingMends.quoted("/usr/sbin/nginx") == "/usr/sbin/nginx")
        #expect(FindingMends.quoted("a b") == "'a b'")
        #expect(FindingMends.quoted("it's $(x)") == "'it'\\''s $(x)'")
        #expect(FindingMends.quoted("") == "''")
    }

    @Test(arguments: [
        ("ID=ubuntu\nID_LIKE=debian\n", Distribution.Family.ubuntu),
        ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", .ubuntu), ("ID=debian\n", .debian),
        ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", .fedora), ("ID=arch\n", .other), ("", .other),
        ("=\n\"\nID", .other),
    ])
    func distributionFamily(_ text: String, _ family: Distribution.Family) {
        #expect(Distribution(osRelease: text).family == family)
    }

    @Test func kernelOptionsThatAreOffOrNotMentionedAreOff() throws {
        let text = "CONFIG_MODULES=y\n# CONFIG_KPROBES is not set\nCONFIG_CC_VERSION_TEXT=\"gcc 12\"\n"
        let config = try #require(KernelConfig(path: "x", bytes: text.utf8))
        #expect(config.isOn("MODULES"))
        #expect(!config.isOn("KPROBES"))
        #expect(!config.isOn("UPROBES"))
        #expect(config.compiler == "gcc 12")
        #expect(KernelConfig(path: "x", bytes: "junk\n\u{0}".utf8) == nil)
    }

    @Test func treesKeepSymbolicLinksInsideTheRootAndReadNoDevices() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        func path(_ name: String) -> String { root.appending(path: name).path }
        try "inside".write(toFile: path("file"), atomically: false, encoding: .utf8)
        for (name, target) in [
            ("absolute", "/file"), ("up", "../../../../file"), ("loop", "loop"), ("a", "b"), ("b", "a"),
            ("device", "/dev/zero"),
        ] {
            try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
        }
        #expect(mkfifo(path("fifo"), 0o600) == 0)
        let tree = RootedFileTree(root: root.path)
        #expect(tree.text("/absolute") == .known("inside"))
        #expect(tree.text("/up") == .known("inside"))
        #expect(tree.text("/loop") == .absent)
        #expect(tree.text("/a") == .absent)
        #expect(tree.text("/device") == .absent)
        #expect(tree.text("/fifo") == .absent)
        #expect(tree.link("/loop") == .known("loop"))
        #expect(tree.link("/file") == .absent)
        #expect(tree.read("/file", limit: 3) == .known(Array("ins".utf8)))
        #expect(tree.list("/file") == .absent)
        #expect(tree.available("/no/such/folder").value != nil)
        #expect(RootedFileTree().read("/dev/zero", limit: 10) == .absent)
    }

    @Test func bytesAreSearchedToTheirEnd() {
        let bytes = Array("aab aac".utf8)
        #expect(bytes.contains(text: "aac"))
        #expect(bytes.contains(text: "aab"))
        #expect(!bytes.contains(text: "aad"))
        #expect(!bytes.contains(text: "aab aac "))
        #expect(![UInt8]().contains(text: "a"))
    }
}
