import Foundation
import Resolver
import TestSupport
import Testing

/// Points of the kernel that are listed without the kernel's debug information, and of the module, which has its own.
@Test(arguments: [
    "module(\"@K@\").function(\"*\")", "module(\"@K@\").function(\"tapmod_*\").return",
    "module(\"@K@\").function(\"tapmod_sum\").return.maxactive(5)", "module(\"@K@\").function(\"*\").inline",
    "module(\"@K@\").statement(\"tapmod_sum@*:*\")",
    "module(\"@K@\").function(\"tapmod_check\").label(\"*\")",
    "kernel.data(\"nosuch\").write", "kernel.data(0x1000).length(4).rw", "timer.*", "timer.s(1)", "begin(5)",
    "kprobe.module(\"ext4\").function(\"ext4_sync_fs\")", "procfs(\"x\").read",
    "perf.type(0).config(0).sample(1000)",
]) func aKernelListingIsStaps(point: String) throws {
    let whole = try KernelFixtures.shared.get().script(point)
    let ours = try Resolver.list(whole, in: KernelFixtures.installed, .variables).map { listing in
        listing.text + listing.variables.map { " $\($0.name):\($0.type)" }.sorted().joined()
    }
    let theirs = try run("stap", ["-r", KernelFixtures.release, "-L", whole]).output
        .split(separator: "\n").filter { !$0.hasPrefix("Tip:") }.map { line in
            let parts = line.components(separatedBy: " $")
            return parts[0] + parts.dropFirst().map { " $\($0)" }.sorted().joined()
        }
    #expect(ours == theirs.sorted())
    #expect(!theirs.isEmpty)
}

/// What stap lists of a pattern is among ours, which read all headers; see docs/development.md.
@Test func theTracepointsOfASystemAreListed() throws {
    let point = "kernel.trace(\"sched:*\")"
    let ours = try Resolver.list(point, in: KernelFixtures.installed).map(\.text)
    let theirs = try run("stap", ["-r", KernelFixtures.release, "-l", point]).output
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("Tip:") }
    #expect(ours == theirs.sorted())
    #expect(theirs.count > 20)
}

/// A pattern stands for a tapset's aliases too; stap lists those whose points are there.
@Test(arguments: ["vm.*", "scheduler.*", "softirq.e*"])
func aliasesThatAPatternMeansAreListed(point: String) throws {
    var context = KernelFixtures.installed
    context.tapset = try Programs.tapset.get()
    let ours = try Resolver.list(point, in: context).map(\.text)
    let theirs = try run("stap", ["-r", KernelFixtures.release, "-l", point]).output
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("Tip:") }
    #expect(ours == theirs.sorted())
    #expect(!theirs.isEmpty)
}

/// An alias lists what its handlers assign, with inferred types, and the target variables that all of its points have.
@Test(arguments: ["listed.*", "listed.one", "listed.three"])
func anAliasListsItsOwnVariables(point: String) throws {
    let programs = try Programs.shared.get()
    let folder = programs.folder.appendingPathComponent("aliases-\(UInt32.random(in: 0...UInt32.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let nginx = "process(\"\(Programs.nginx)\")"
    let text = """
        global seen
        probe listed.one = \(nginx).function("ngx_http_finalize_request") {
            name = "one"
            status = $rc
            if (status) pair = name . "!"
            seen[status] = 3
            foreach (key in seen) last = key
        }
        probe listed.two = \(nginx).function("ngx_http_finalize_request"),
            \(nginx).function("ngx_http_close_request") { status = $rc }
        probe listed.three = listed.one { deeper = pair; untold = nothing }
        probe listed.last += timer.s(1) { after = 1 }
        """
    let path = folder.appendingPathComponent("listed.stp").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var context = KernelFixtures.installed
    context.tapset = Tapset(
        paths: [path], options: try Programs.tapset.get().options,
        read: { @Sendable in FileManager.default.contents(atPath: $0).map { Array($0) } })
    let ours = try Resolver.list(point, in: context, .variables).map { listing in
        listing.text + listing.locals.map { " \($0.name):\($0.type)" }.joined()
            + listing.variables.map { " $\($0.name):\($0.type)" }.joined()
    }
    let theirs = try run("stap", ["-I", folder.path, "-r", KernelFixtures.release, "-L", point]).output
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("Tip:") }
    #expect(ours == theirs.sorted())
    #expect(!theirs.isEmpty)
}
