import Backtraces
import DebugInfo
import Foundation
import ProcessMaps
import TestSupport
import Testing

@Suite("Stacks are those that elfutils finds in the stopped process")
struct UnwinderTests {
    @Test(
        "whole stacks without frame pointers", arguments: Linkage.allCases,
        [["deep"], ["recursive", "50"], ["qsort"], ["never"], ["fault"], ["raise"]])
    func whole(linkage: Linkage, arguments: [String]) throws {
        let capture = try Capture(Programs.build("stacks.c", linkage.options), arguments)
        let found = Unwinder().unwind(capture.samples[0], in: capture.space, limit: 1000)
        #expect(found.end == .complete)
        let expected = try capture.elfutilsFrames()
        #expect(found.programCounters == expected)
        #expect(found.programCounters.count > 4)
    }

    @Test("a library that is loaded after the start")
    func loadedLater() throws {
        let library = try Programs.build(
            "stacks-library.c", ["-O2", "-shared", "-fPIC", "-fomit-frame-pointer"])
        let program = try Programs.build("stacks.c", Linkage.positionIndependent.options)
        let before = try Capture(program, ["dlopen", library], trap: 1)
        let after = try Capture(program, ["dlopen", library], trap: 2)
        #expect(!before.space.mappings.contains { $0.file.name == library })
        let unwinder = Unwinder()
        // One program, one catalog: the first process's answers hold for the second one too.
        #expect(unwinder.unwind(before.samples[0], in: before.space).end == .complete)
        let found = unwinder.unwind(after.samples[0], in: after.space)
        #expect(found.end == .complete)
        #expect(try found.programCounters == after.elfutilsFrames())
        // Without the mapping it is known where the stack is cut, and how.
        var space = AddressSpace(process: after.process)
        for mapping in after.space.mappings where mapping.file.name != library { space.insert(mapping) }
        let cut = unwinder.unwind(after.samples[0], in: space)
        let first = try #require(
            found.programCounters.firstIndex { after.space.mapping(at: $0)?.file.name == library })
        #expect(first >= 2)
        #expect(cut.programCounters == Array(found.programCounters.prefix(first)))
        #expect(cut.end == .cut(.noCode(found.programCounters[first])))
    }

    @Test("a thread's stack ends where the thread began")
    func thread() throws {
        let capture = try Capture(Programs.build("stacks.c", Linkage.fixedAddress.options), ["thread"])
        let found = Unwinder().unwind(capture.samples[0], in: capture.space)
        let names = symbols(found, capture.space)
        #expect(found.end == .complete)
        #expect(
            names.prefix(3) == ["trap", "innermost", "second"]
                || names.prefix(3) == ["innermost", "second", "thread"])
        #expect(
            names.last?.hasPrefix("__clone3") == true || names.last?.hasPrefix("clone3") == true
                || names.last == "__GI___clone3")
    }

    /// Each instruction through the linkage table, the loader's resolver, the vdso, printf and qsort; whatever the
    /// prologues and epilogues are amid of, the outer frames stay what they are.
    @Test("every single instruction", arguments: [Linkage.positionIndependent, .fixedAddress, .fixedStatic])
    func steps(linkage: Linkage) throws {
        let program = try Programs.build("stacks.c", linkage.options)
        let capture = try Capture(program, ["steps"], steps: 12_000, copying: 16_384)
        let space = capture.space
        let unwinder = Unwinder()
        let names = AddressNames(unwinder.catalog)
        var seen: Set<String> = []
        // main goes on, so its own address changes; what called it does not.
        let start = unwinder.unwind(capture.samples[0], in: space, limit: 100)
        let outer = start.programCounters.dropFirst()
        #expect(outer.count >= 2)
        for sample in capture.samples {
            let found = unwinder.unwind(sample, in: space, limit: 100)
            let place = names.name(of: sample.registers.programCounter, in: space)
            if place.symbol?.name == "__libc_start_call_main" { break }
            // The linkage table of a static program has no call frame information, and nobody traces it.
            if linkage == .fixedStatic, found.end == .cut(.noUnwindData(module: program)),
                found.programCounters.count == 1, place.symbol?.name == "_init"
            {
                continue
            }
            guard found.end == .complete, found.programCounters.suffix(outer.count).elementsEqual(outer)
            else {
                Issue.record("\(place): \(found.end), \(symbols(found, space))")
                break
            }
            seen.insert(place.module?.name ?? "")
            if let symbol = place.symbol { seen.insert(symbol.name) }
        }
        #expect(capture.samples.count > 3000)
        #expect(seen.contains("vdso"))
        #expect(seen.contains("compare"))
    }

    @Test("a copy that is too short says so, and keeps what it found")
    func shortCopy() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options)
        let whole = try Capture(program, ["recursive", "20"])
        let all = Unwinder().unwind(whole.samples[0], in: whole.space, limit: 1000)
        #expect(all.end == .complete)
        for length in stride(from: 0, to: whole.samples[0].stack.count, by: 8) {
            var sample = whole.samples[0]
            sample.stack = Array(sample.stack.prefix(length))
            let found = Unwinder(Self.shared.catalog).unwind(sample, in: whole.space, limit: 1000)
            #expect(all.programCounters.starts(with: found.programCounters))
            if found != all { #expect(found.end == .cut(.shortCopy)) }
        }
    }

    private static nonisolated(unsafe) let shared = Unwinder()

    @Test("a handler's own stack: the interrupted function is known, its callers are not")
    func otherStack() throws {
        let capture = try Capture(Programs.build("stacks.c", Linkage.fixedAddress.options), ["other-stack"])
        let found = Unwinder().unwind(capture.samples[0], in: capture.space)
        #expect(symbols(found, capture.space).last == "faulting")
        guard case .cut(.unknownMemory) = found.end else {
            Issue.record("\(found.end)")
            return
        }
    }

    @Test("the limit is stap's")
    func limit() throws {
        let capture = try Capture(
            Programs.build("stacks.c", Linkage.fixedAddress.options), ["recursive", "50"])
        let found = Unwinder().unwind(capture.samples[0], in: capture.space)
        #expect(found.programCounters.count == 20)
        #expect(found.end == .limit)
    }

    @Test("a return address that a return probe hides")
    func returnProbe() throws {
        let capture = try Capture(Programs.build("stacks.c", Linkage.fixedAddress.options), ["deep"])
        let all = Unwinder().unwind(capture.samples[0], in: capture.space)
        var space = capture.space
        space.insert(
            Mapping(
                addresses: 0x7FFF_FFFF_E000..<0x7FFF_FFFF_F000, offset: 0, isExecutable: true,
                file: MappedFile(kernelName: "[uprobes]")))
        var sample = capture.samples[0]
        let hidden = all.programCounters[2]
        let place = try #require(
            stride(from: 0, to: sample.stack.count - 8, by: 8).first { word(sample.stack, $0) == hidden })
        for (index, byte) in withUnsafeBytes(of: UInt64(0x7FFF_FFFF_E000).littleEndian, Array.init)
            .enumerated()
        {
            sample.stack[place + index] = byte
        }
        let cut = Unwinder().unwind(sample, in: space)
        #expect(cut.programCounters == Array(all.programCounters.prefix(2)))
        #expect(cut.end == .cut(.hiddenReturn))
        sample.hiddenReturns = [
            .init(stackAddress: sample.stackAddress + UInt64(place), returnAddress: hidden)
        ]
        #expect(Unwinder().unwind(sample, in: space) == all)
    }

    @Test("memory without a file, and a module that cannot be read, are named")
    func missing() throws {
        let capture = try Capture(Programs.build("stacks.c", Linkage.fixedAddress.options), ["qsort"])
        let space = capture.space
        let all = Unwinder().unwind(capture.samples[0], in: space)
        func replaced(by file: MappedFile) -> AddressSpace {
            AddressSpace(
                process: 0,
                mappings: space.mappings.map { mapping in
                    var mapping = mapping
                    if mapping.file.name.contains("libc.so") { mapping.file = file }
                    return mapping
                })
        }
        let anonymous = Unwinder().unwind(capture.samples[0], in: replaced(by: MappedFile(kernelName: "")))
        #expect(anonymous.end == .cut(.noUnwindData(module: "")))
        #expect(all.programCounters.starts(with: anonymous.programCounters))
        let gone = Unwinder().unwind(
            capture.samples[0], in: replaced(by: MappedFile(kernelName: "/no/libc.so")))
        #expect(
            gone.end
                == .cut(.unreadableModule("/no/libc.so", reason: "'/no/libc.so' does not exist")))
        let script = Unwinder().unwind(
            capture.samples[0], in: replaced(by: MappedFile(kernelName: "/usr/bin/ldd")))
        guard case .cut(.unreadableModule("/usr/bin/ldd", _)) = script.end else {
            Issue.record("\(script.end)")
            return
        }
    }

    @Test("the file is known after the process ended, and another one in its place is not taken for it")
    func ended() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options + ["-DENDED"])
        let capture = try Capture(program, ["deep"])
        let expected = Unwinder().unwind(capture.samples[0], in: capture.space)
        capture.end()
        #expect(Unwinder().unwind(capture.samples[0], in: capture.space) == expected)
        try run("cp", [program, program + ".new"])
        try run("mv", [program + ".new", program])
        let other = Unwinder().unwind(capture.samples[0], in: capture.space)
        #expect(
            other.end
                == .cut(.unreadableModule(program, reason: "'\(program)' is another file by now")))
    }

    @Test("the file of a running process is known though its path leads elsewhere by now")
    func deleted() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options + ["-DDELETED"])
        let capture = try Capture(program, ["deep"])
        let expected = Unwinder().unwind(capture.samples[0], in: capture.space)
        try run("rm", [program])
        let space = try #require(AddressSpace(ofRunning: capture.process))
        #expect(space.mappings.contains { $0.file.isDeleted && $0.file.name == program })
        #expect(Unwinder().unwind(capture.samples[0], in: space) == expected)
    }

    @Test("a file that is gone with one process is found through another that has it still")
    func anotherProcess() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options + ["-DANOTHER"])
        let (first, second) = (try Capture(program, ["deep"]), try Capture(program, ["deep"]))
        first.end()
        try run("rm", [program])
        let unwinder = Unwinder()
        let gone = unwinder.unwind(first.samples[0], in: first.space)
        #expect(gone.end == .cut(.unreadableModule(program, reason: "'\(program)' does not exist")))
        #expect(unwinder.unwind(second.samples[0], in: second.space).end == .complete)
        // Both run the same file.
        #expect(unwinder.unwind(first.samples[0], in: first.space).end == .complete)
    }

    /// Needs root, for a mount namespace.
    @Test("a program in another mount namespace, at a path that is not there outside")
    func container() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options)
        let folder = "\(Programs.folder)/inside"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script =
            "mount -t tmpfs none \(folder) && cp \(program) \(folder)/program && exec \(folder)/program deep"
        // The shell and the program begin with a trap each.
        let capture = try Capture("/usr/bin/unshare", ["--mount", "/bin/sh", "-c", script], trap: 3)
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/program"))
        let found = Unwinder().unwind(capture.samples[0], in: capture.space)
        #expect(found.end == .complete)
        #expect(symbols(found, capture.space).prefix(3) == ["innermost", "second", "third"])
        // Where the link to the very file can't be had, the path in the process's root leads there.
        var moved = AddressSpace(process: capture.process)
        for var mapping in capture.space.mappings where !mapping.addresses.isEmpty {
            if mapping.file.name == "\(folder)/program" {
                // No mapping begins and ends so.
                mapping.addresses = mapping.addresses.lowerBound..<(mapping.addresses.upperBound - 1)
            }
            moved.insert(mapping)
        }
        #expect(Unwinder().unwind(capture.samples[0], in: moved) == found)
    }

    @Test("damaged stacks neither crash nor go on for ever, and begin as the sound one does")
    func damaged() throws {
        var random = SeededGenerator()
        let capture = try Capture(Programs.build("stacks.c", Linkage.fixedAddress.options), ["raise"])
        let space = capture.space
        let unwinder = Unwinder()
        var ends: Set<String> = []
        for _ in 0..<2000 {
            var sample = capture.samples[0]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let word = Int.random(in: 0..<min(sample.stack.count / 8, 400), using: &random)
                let value: UInt64 =
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: UInt64.random(in: 0...UInt64.max, using: &random)
                    case 1: sample.stackAddress &+ UInt64.random(in: 0..<4096, using: &random)
                    case 2: space.mappings.randomElement(using: &random)!.addresses.lowerBound &+ 0x123
                    default: 0
                    }
                for byte in 0..<8 {
                    sample.stack[word * 8 + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8))
                }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                sample.registers.stackPointer = UInt64.random(in: 0...UInt64.max, using: &random)
            }
            let found = unwinder.unwind(sample, in: space, limit: 100)
            #expect(found.programCounters.first == capture.samples[0].registers.programCounter)
            #expect(found.programCounters.count <= 100)
            ends.insert("\(found.end)".prefix { $0 != "(" } + "")
        }
        #expect(ends.contains("cut") && ends.contains("complete"), "seed \(random.seed)")
    }

    @Test("damaged unwind data neither crashes nor goes on for ever")
    func hostile() throws {
        var random = SeededGenerator()
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options)
        let capture = try Capture(program, ["deep"])
        let content = try Data(contentsOf: URL(fileURLWithPath: program))
        let sections = try run("readelf", ["-SW", program])
        let frames = try #require(
            sections.firstMatch(of: /\.eh_frame +PROGBITS +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)/)?.output)
        let header = try #require(
            sections.firstMatch(of: /\.eh_frame_hdr +PROGBITS +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)/)?.output)
        let places = [frames, header].map { found in
            let start = Int(found.1, radix: 16)!
            return start..<(start + Int(found.2, radix: 16)!)
        }
        let expected = Unwinder().unwind(capture.samples[0], in: capture.space)
        var different = 0
        for _ in 0..<300 {
            var damaged = content
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let place = places.randomElement(using: &random)!.randomElement(using: &random)!
                damaged[place] = UInt8.random(in: 0...255, using: &random)
            }
            let path = "\(Programs.folder)/damaged"
            try damaged.write(to: URL(fileURLWithPath: path))
            let space = AddressSpace(
                process: 0,
                mappings: capture.space.mappings.map { mapping in
                    var mapping = mapping
                    if mapping.file.name == program { mapping.file = MappedFile(kernelName: path) }
                    return mapping
                })
            let found = Unwinder().unwind(capture.samples[0], in: space, limit: 50)
            #expect(found.programCounters.first == expected.programCounters.first, "seed \(random.seed)")
            #expect(found.programCounters.count <= 50, "seed \(random.seed)")
            if found != expected { different += 1 }
        }
        #expect(different > 0, "seed \(random.seed)")
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func symbols(_ backtrace: Backtrace, _ space: AddressSpace) -> [String] {
        let names = AddressNames(ModuleCatalog())
        return backtrace.programCounters.map { names.name(of: $0, in: space).symbol?.name ?? "?" }
    }
}
