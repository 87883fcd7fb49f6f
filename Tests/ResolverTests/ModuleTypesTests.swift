import Diagnostics
import Foundation
import Resolver
import Testing

/// A description of types as the kernel's build writes it (Documentation/bpf/btf.rst), for a file of `/sys/kernel/btf`.
private struct BTFWriter {
    private(set) var strings: [UInt8]
    private var types: [UInt32] = []
    private let firstString: Int

    /// Begins a file; a module's has its strings behind those of `base`.
    init(behind base: BTFWriter? = nil) {
        strings = base == nil ? [0] : []
        firstString = base?.strings.count ?? 0
    }

    mutating func name(_ text: String) -> UInt32 {
        defer { strings += Array(text.utf8) + [0] }
        return UInt32(firstString + strings.count)
    }

    mutating func add(_ name: String, kind: UInt32, count: UInt32 = 0, _ word: UInt32, _ rest: [UInt32] = [])
    {
        let name = name.isEmpty ? 0 : self.name(name)
        types += [name, kind << 24 | count, word] + rest
    }

    var data: Data {
        var header: [UInt32] = [0x0001_EB9F, 24, 0, UInt32(types.count * 4), UInt32(types.count * 4)]
        header.append(UInt32(strings.count))
        let words = (header + types).flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return Data(words + strings)
    }
}

@Test func aLoadedModulesTypesJudgeItsTracepoints() throws {
    let programs = try Programs.shared.get()
    let root = try KernelFixtures.shared.get().root()
    let context = KernelFixtures.kernel(root)
    let folder = root.appendingPathComponent("sys/kernel/btf")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var kernel = BTFWriter()
    kernel.add("int", kind: 1, 4, [32])
    let member = kernel.name("weight")
    kernel.add("cargo", kind: 4, count: 1, 4, [member, 1, 0])
    try kernel.data.write(to: folder.appendingPathComponent("vmlinux"))
    var module = BTFWriter(behind: kernel)
    module.add("", kind: 2, 2)
    let (data, load) = (module.name("__data"), module.name("load"))
    module.add("", kind: 13, count: 2, 0, [data, 3, load, 3])
    module.add("__traceiter_ship_sails", kind: 12, 4)
    module.add("btf_trace_ship_sails", kind: 8, 4)
    let file = folder.appendingPathComponent("ship")
    let point = "probe kernel.trace(\"ship_sails\")"
    #expect(try programs.complaints("\(point) { println($load->weigth) }", context).isEmpty)
    try module.data.write(to: file)
    for (handler, message) in [
        ("println($load->weight)", nil),
        ("println($load->weigth)", "'weigth' is not a member of struct cargo (did you mean 'weight'?)"),
        ("println($laod)", "'$laod' is not a variable of tracepoint ship_sails (did you mean '$load'?)"),
    ] as [(String, String?)] {
        let complaints = try programs.complaints("\(point) { \(handler) }", context)
        #expect(complaints.map(\.message) == (message.map { [$0] } ?? []), "\(handler)")
    }
    // The names come from the module's description alone.
    #expect(try programs.complaints("probe kernel.trace(\"ship_snails\") {}", context).count == 1)
}

@Test func whatNoTypesOfTheKernelTellIsSaidToBeUnchecked() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve(
        """
        probe kernel.trace("sched_switch") { println($prev->pid, @cast($next, "task_struct", "kernel<linux/sched.h>")->pid) }
        probe begin { println(@cast(0, "tm", "<time.h>")->tm_sec) }
        """, KernelFixtures.installed)
    #expect(
        script.unchecked.map { "\($0.text) \($0.reason)" } == [
            "$prev->pid kernelTypesUnknown",
            "@cast($next, \"task_struct\", \"kernel<linux/sched.h>\")->pid headers",
            "@cast(0, \"tm\", \"<time.h>\")->tm_sec headers",
        ])
}
