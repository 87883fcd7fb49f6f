import BPFCompiler
import Diagnostics
import Foundation
import Lowering
import Testing

@testable import Engine

/// Probes of functions of the kernel and of modules: what becomes of them; Tests/VM runs them.
@Suite struct KernelFunctionTests {
    /// A module of a kernel that is installed here, by its file.
    private static let module: String? = {
        let folder = "/usr/lib/modules"
        let releases = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return releases.sorted().lazy.map { "\(folder)/\($0)/kernel/drivers/block/virtio_blk.ko" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    @Test(arguments: [
        ("kprobe.function(\"ksys_read\")", false), ("kprobe.function(\"ksys_read\").call", false),
        ("kprobe.function(\"ksys_read\").return", true),
    ]) func aFunctionOfTheKernelIsProbedByItsName(_ point: String, _ isReturn: Bool) throws {
        let program = try ProbedProgram.lowered("probe \(point) { println(ppfunc()) }")
        let probe = try #require(program.probes.first)
        guard case .kernelFunction(let function, isReturn) = probe.event else {
            Issue.record("\(probe.event)")
            return
        }
        #expect((function.name, function.module) == ("ksys_read", nil))
        #expect(probe.function == "ksys_read")
    }

    @Test(.enabled(if: module != nil, "no kernel's modules are installed here"))
    func aFunctionOfAModuleIsNoProgramsAddress() throws {
        let module = try #require(Self.module)
        let program = try ProbedProgram.lowered(
            "probe module(\"\(module)\").function(\"virtblk_probe\").call { println(pp()) }")
        let probe = try #require(program.probes.first)
        guard case .kernelFunction(let function, isReturn: false) = probe.event else {
            Issue.record("\(probe.event)")
            return
        }
        #expect((function.name, function.module) == ("virtblk_probe", "virtio_blk"))
        #expect(probe.text.hasPrefix("module(\"") && probe.path == nil)
    }

    @Test(arguments: ["kprobe.function(\"ksys_read\")", "kprobe.function(\"ksys_read\").return"])
    func aKernelWithoutThemIsNamedBeforeAnythingIsAttached(_ point: String) throws {
        var options = CompilerOptions()
        options.hasKernelProbes = { false }
        let program = try ProbedProgram.lowered("probe \(point) { print_backtrace() }")
        let error = try #require(throws: DiagnosticsError.self) { try KernelSession.check(program, options) }
        #expect(
            error.diagnostics.map(\.message) == [
                "the built-in engine cannot probe this: this kernel has no probes of its own functions "
                    + "(CONFIG_KPROBE_EVENTS)"
            ])
        #expect(error.diagnostics.first?.range?.text == point)
    }

    @Test func whatAReturnWouldNeedOfTheEntryIsRefusedAtItsPlace() throws {
        let error = try #require(throws: DiagnosticsError.self) {
            try ProbedProgram.lowered(
                "probe kprobe.function(\"ksys_read\").return { println(@entry(pid())) }")
        }
        #expect(error.diagnostics.count == 1)
        #expect(error.diagnostics.first?.message.contains("knows nothing from its entry") == true)
    }
}
