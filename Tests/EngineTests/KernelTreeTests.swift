import Glibc
import Testing

@testable import Engine

/// When stap gets a build tree with a symbol map of ours, and what is in it.
@Suite struct KernelTreeTests {
    private static let release = "6.1.0-56-amd64"

    /// A machine's folders with a build tree as Debian packs it.
    private static func machine(map: String? = nil, configuration: String = "CONFIG_UPROBES=y\n") throws -> (
        sandbox: Sandbox, root: String, tree: String
    ) {
        let sandbox = try Sandbox()
        let root = sandbox.root + "/machine"
        let tree = "\(root)/lib/modules/\(release)/build"
        for folder in [
            "\(tree)/include/config", "\(tree)/include/generated", "\(root)/boot", "\(root)/headers",
            "\(root)/lib/modules/\(release)/extra",
        ] {
            try Files.makePrivateDirectory(folder)
        }
        try Files.write(Array("include \(root)/headers/Makefile\n".utf8), to: tree + "/Makefile")
        try Files.write(Array(configuration.utf8), to: tree + "/.config")
        try Files.write(Array("6.1.192\n".utf8), to: tree + "/include/config/kernel.release")
        try Files.write([], to: tree + "/include/config/UPROBES")
        if let map { try Files.write(Array(map.utf8), to: "\(root)/boot/System.map-\(release)") }
        return (sandbox, root, tree)
    }

    private static let stub =
        "ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package\n"
    private static let whole = String(repeating: "ffffffff81000000 T some_function\n", count: 1000)

    private func standIn(
        _ machine: (sandbox: Sandbox, root: String, tree: String), script: String = ""
    ) throws -> String? {
        try KernelTree.standIn(
            for: Self.release, buildTree: machine.tree, script: Array(script.utf8),
            in: machine.sandbox.root + "/cache", root: machine.root)
    }

    @Test(arguments: [
        (stub, "CONFIG_UPROBES=y\n", true), (nil, "A=1\nCONFIG_UPROBES=y\nB=2", true),
        (whole, "CONFIG_UPROBES=y\n", false), (stub, "# CONFIG_UPROBES is not set\n", false),
    ])
    func itIsMadeWhereTheMapIsAStubAndTheKernelHasUprobes(
        map: String?, configuration: String, needed: Bool
    ) throws {
        let machine = try Self.machine(map: map, configuration: configuration)
        #expect((try standIn(machine) != nil) == needed)
    }

    @Test func itLinksToTheTreeAndSaysTheRelease() throws {
        let machine = try Self.machine(map: Self.stub)
        let place = try #require(
            try standIn(machine, script: #"probe kprobe.function("copy_process").return {}"#))
        func text(_ name: String) throws -> String {
            String(decoding: try Files.read(place + "/" + name), as: UTF8.self)
        }
        #expect(try text(".config") == "CONFIG_UPROBES=y\n")
        #expect(try text("include/config/kernel.release") == "\(Self.release)\n")
        #expect(access(place + "/include/config/UPROBES", F_OK) == 0)
        #expect(access(place + "/include/generated", F_OK) == 0)
        #expect(access(place + "/source", F_OK) == 0)
        #expect(Files.list(place + "/modules") == ["extra"])
        #expect(
            try text("System.map").split(separator: "\n").map { $0.split(separator: " ").last } == [
                "_text", "arch_uretprobe_hijack_return_addr", "copy_process",
            ])
        // The machine's own tree is as it was.
        #expect(access(machine.tree + "/System.map", F_OK) != 0)
    }

    @Test func theDebugPackagesMapIsTakenWhole() throws {
        let machine = try Self.machine(map: Self.stub)
        try Files.makePrivateDirectory(machine.root + "/usr/lib/debug/boot")
        try Files.write(
            Array(Self.whole.utf8), to: "\(machine.root)/usr/lib/debug/boot/System.map-\(Self.release)")
        let place = try #require(try standIn(machine))
        #expect(try Files.read(place + "/System.map") == Array(Self.whole.utf8))
    }

    /// stap keeps what it finds out about a kernel by the time at which its tree was changed.
    @Test func useLeavesTheTreeAsOldAsItIs() throws {
        let machine = try Self.machine(map: Self.stub)
        let place = try #require(try standIn(machine))
        let longAgo = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
        utimensat(AT_FDCWD, place, [longAgo, longAgo], 0)
        #expect(try standIn(machine) == place)
        var status = stat()
        #expect(lstat(place, &status) == 0)
        #expect(status.st_mtim.tv_sec == longAgo.tv_sec)
        #expect(status.st_atim.tv_sec > longAgo.tv_sec)
    }

    @Test func itIsMadeOnceForOneContent() throws {
        let machine = try Self.machine(map: Self.stub)
        let first = try standIn(machine)
        #expect(try standIn(machine) == first)
        #expect(try standIn(machine, script: #"probe kprobe.function("vfs_read") {}"#) != first)
        try Files.write([], to: machine.tree + "/include/config/NEW")
        let second = try standIn(machine)
        #expect(second != first)
        try Files.makePrivateDirectory("\(machine.root)/lib/modules/\(Self.release)/updates")
        #expect(try standIn(machine) != second)
        #expect(Files.list(machine.sandbox.root + "/cache/kernels").count == 4)
    }

    @Test(
        arguments: [
            ("", []), (#"kprobe.function("a_1"), kprobe.function("b").return"#, ["a_1", "b"]),
            (#"kprobe.function("*") kprobe.function("x"#, ["x"]), (#"kprobe.function(""#, []),
        ] as [(String, [String])])
    func kprobesAreReadFromTheScript(script: String, names: [String]) {
        #expect(KernelTree.kprobes(in: Array(script.utf8)) == names)
    }
}
