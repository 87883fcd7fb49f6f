import Foundation
import ProcessMaps
import Testing

/// Needs CAP_PERFMON, as the tracing itself does.
@Suite("What perf tells of processes", .serialized)
struct MappingTrackerTests {
    @Test("a process that lived only for a moment has left its mappings")
    func shortLived() throws {
        let tracker = try MappingTracker()
        var spaces = AddressSpaces()
        var processes: [Int32] = []
        for _ in 0..<20 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/true")
            try process.run()
            processes.append(process.processIdentifier)
            process.waitUntilExit()
        }
        let events = tracker.drain()
        for event in events { spaces.apply(event) }
        #expect(events == events.sorted { $0.time < $1.time })
        for process in processes {
            let known = spaces.space(of: process)
            let space = try #require(known)
            let names = Set(space.mappings.map(\.file.name))
            #expect(names.contains { $0.hasSuffix("/bin/true") })
            #expect(names.contains { $0.contains("libc.so.6") })
            #expect(names.contains("[vdso]"))
            let program = try #require(space.mappings.first { $0.file.name.hasSuffix("/bin/true") })
            #expect(program.isExecutable && program.file.inode != 0)
            #expect(events.contains { $0.process == process && $0.change == .exited })
            #expect(events.contains { $0.process == process && $0.change == .executed })
        }
    }

    @Test("executable mappings are those of /proc/PID/maps")
    func sameAsProc() throws {
        let tracker = try MappingTracker()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["60"]
        try process.run()
        defer {
            // The test may run with SIGTERM blocked, which the process inherits.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        var spaces = AddressSpaces()
        // Until it sleeps, all its libraries are there.
        let deadline = Date() + 20
        var status = ""
        while !status.contains("(sleeping)"), Date() < deadline {
            status =
                (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8))
                ?? ""
            usleep(10_000)
        }
        for event in tracker.drain() { spaces.apply(event) }
        let known = spaces.space(of: process.processIdentifier)
        let heard = try #require(known)
        let told = try #require(AddressSpace(ofRunning: process.processIdentifier))
        let expected = told.mappings.filter { $0.isExecutable && $0.file.name != "[vsyscall]" }
        #expect(expected.count >= 3)
        for mapping in expected {
            #expect(heard.mapping(at: mapping.addresses.lowerBound)?.file.name == mapping.file.name)
            #expect(heard.mapping(at: mapping.addresses.lowerBound)?.addresses == mapping.addresses)
            #expect(heard.mapping(at: mapping.addresses.lowerBound)?.offset == mapping.offset)
            if mapping.file.kind == .file {
                let file = heard.mapping(at: mapping.addresses.lowerBound)?.file
                #expect(file?.inode == mapping.file.inode && file?.device == mapping.file.device)
            }
        }
    }

    @Test("a fork has what its parent had, and a program that is executed nothing of it")
    func changes() {
        let file = MappedFile(kernelName: "/p", inode: 5)
        let mapping = Mapping(addresses: 4096..<8192, offset: 0, isExecutable: true, file: file)
        // Numbers that no process can have.
        let (parent, child): (Int32, Int32) = (1 << 30, 1 << 30 + 1)
        var spaces = AddressSpaces(remembering: 1)
        func apply(_ process: Int32, _ change: ProcessEvent.Change) {
            spaces.apply(ProcessEvent(process: process, time: 0, change: change))
        }
        apply(parent, .executed)
        apply(parent, .mapped(mapping))
        apply(child, .forked(parent: parent))
        #expect(spaces.space(of: child)?.mappings == [mapping])
        #expect(spaces.space(of: child)?.process == child)
        apply(child, .executed)
        #expect(spaces.space(of: child)?.mappings == [])
        #expect(spaces.space(of: parent)?.mappings == [mapping])
        apply(parent, .exited)
        #expect(spaces.space(of: parent)?.mappings == [mapping])
        apply(child, .exited)
        #expect(spaces.space(of: parent) == nil)
        #expect(spaces.space(of: child) != nil)
        apply(1 << 30 + 2, .mapped(mapping))
        #expect(spaces.space(of: 1 << 30 + 2) == nil)
    }

    @Test("a sample has the mappings of its time, whatever the process did later")
    func times() throws {
        func mapping(_ name: String, _ start: UInt64) -> Mapping {
            Mapping(
                addresses: start..<start + 4096, offset: 0, isExecutable: true,
                file: MappedFile(kernelName: name, inode: 5))
        }
        let (parent, child): (Int32, Int32) = (1 << 30, 1 << 30 + 1)
        var spaces = AddressSpaces()
        spaces.apply(ProcessEvent(process: parent, time: 0, change: .executed))
        spaces.apply(ProcessEvent(process: parent, time: 0, change: .mapped(mapping("/old", 4096))))
        spaces.hear([
            ProcessEvent(process: child, time: 10, change: .forked(parent: parent)),
            ProcessEvent(process: child, time: 20, change: .executed),
            ProcessEvent(process: child, time: 30, change: .mapped(mapping("/new", 8192))),
            ProcessEvent(process: child, time: 40, change: .exited),
        ])
        #expect(spaces.advance(to: 15).count == 1)
        #expect(spaces.space(of: child)?.mappings == [mapping("/old", 4096)])
        #expect(spaces.formerSpace(of: child) == nil)
        // Within execve(2), registers are still those of the program before.
        #expect(spaces.advance(to: 20).count == 1)
        #expect(spaces.space(of: child)?.mappings == [])
        #expect(spaces.formerSpace(of: child)?.mappings == [mapping("/old", 4096)])
        #expect(spaces.advance(to: 35).count == 1)
        #expect(spaces.space(of: child)?.mappings == [mapping("/new", 8192)])
        #expect(spaces.advance(to: .max).count == 1)
        #expect(spaces.advance(to: .max).isEmpty)
    }

    @Test("what /proc tells of a process that begins another program later is not what it had")
    func laterProgram() {
        let child = getpid()
        var spaces = AddressSpaces()
        spaces.hear([
            ProcessEvent(process: child, time: 10, change: .forked(parent: 1 << 30)),
            ProcessEvent(process: child, time: 20, change: .executed),
        ])
        _ = spaces.advance(to: 15)
        #expect(spaces.space(of: child) == nil)
    }

    @Test("what was not told is looked up when it is asked for, in /proc where the process is still there")
    func losses() throws {
        let file = MappedFile(kernelName: "/p", inode: 5)
        let mapping = Mapping(addresses: 4096..<8192, offset: 0, isExecutable: true, file: file)
        let gone: Int32 = 1 << 30
        var spaces = AddressSpaces()
        func apply(_ process: Int32, _ change: ProcessEvent.Change) {
            spaces.apply(ProcessEvent(process: process, time: 0, change: change))
        }
        for process in [gone, getpid()] {
            apply(process, .executed)
            apply(process, .mapped(mapping))
        }
        #expect(spaces.space(of: getpid())?.mappings == [mapping])
        apply(-1, .lost(7))
        #expect(spaces.space(of: gone)?.mappings == [mapping])
        let own = try #require(AddressSpace(ofRunning: getpid()))
        #expect((spaces.space(of: getpid())?.mappings.count ?? 0) > own.mappings.count / 2)
        // What was read after the loss is believed again.
        apply(gone, .mapped(Mapping(addresses: 0..<4096, offset: 0, isExecutable: true, file: file)))
        #expect(spaces.space(of: gone)?.mappings.count == 2)
    }

    @Test("a fork of a process that nothing was known of has what that has when it is asked for")
    func unknownParent() throws {
        let (child, grandchild): (Int32, Int32) = (1 << 30, 1 << 30 + 1)
        var spaces = AddressSpaces()
        func apply(_ process: Int32, _ change: ProcessEvent.Change) {
            spaces.apply(ProcessEvent(process: process, time: 0, change: change))
        }
        apply(child, .forked(parent: getpid()))
        apply(grandchild, .forked(parent: child))
        let known = spaces.space(of: grandchild)
        let space = try #require(known)
        #expect(space.process == grandchild && space.mappings.contains { $0.file.kind == .vdso })
        // Numbers that come again in a circle lead nowhere.
        let (one, other): (Int32, Int32) = (1 << 30 + 2, 1 << 30 + 3)
        apply(one, .forked(parent: other))
        apply(other, .forked(parent: one))
        #expect(spaces.space(of: one) == nil)
    }
}
