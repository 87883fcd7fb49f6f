import BPF
import BPFCompiler
import Glibc
import Interpreter

/// The ``ProcessTable`` in the kernel, and the programs that keep it.
final class ProcessRegistry: TargetSet, Sendable {
    let table: ProcessTable
    let map: BPFMap
    /// The control group whose processes are of the target, too.
    private let group: ControlGroup?
    /// The files of ``ProcessTable/paths``, open so that their inodes stay; nil where there is none.
    private let files: [ProgramIdentity?]

    /// Creates the table, empty.
    init(_ table: ProcessTable, group: ControlGroup? = nil) throws(BPFError) {
        self.table = table
        self.group = group
        map = try BPFMap(
            .hash, name: "tap_processes", keySize: ProcessTable.keySize, valueSize: ProcessTable.valueSize,
            capacity: ProcessTable.capacity)
        files = table.paths.map { ProgramIdentity(path: $0) }
    }

    /// Has the kernel find the files' inodes, which the programs compare.
    func learn(_ tracker: ProcessTracker) throws {
        for (index, file) in files.enumerated() {
            guard let file else { continue }
            let code = try tracker.learner(ofPath: index, descriptor: file.descriptor)
            try BPFProgram(.rawTracepoint, name: "tap_learn", code).run()
        }
    }

    /// Puts the target in, so that handlers at the session's beginning know it; it has not begun yet.
    func takeTarget(_ target: Int32) throws(BPFError) {
        guard target > 0 else { return }
        let parent = RunningProcesses.Process(target)?.parent ?? 0
        _ = try map.insert(Self.key(target), Self.value(ProcessTable.targetSet, parent: parent))
    }

    /// Puts the processes in that are there already, and tells of each with its bits, once.
    ///
    /// The programs must be at work, so that no process comes or goes unseen meanwhile.
    ///
    /// - Parameters:
    ///   - target: `target()`.
    ///   - isHeld: Whether the target only waits to become the command.
    ///   - tell: Takes a process and its bits.
    /// - Throws: What the kernel refused.
    func takeRunning(target: Int32, isHeld: Bool, _ tell: (RunningProcesses.Process, _ bits: UInt64) -> Void)
        throws
    {
        var hasChanged = true
        // Whoever forks before it has been seen has children that are not known either: another look finds them.
        for _ in 0..<Self.mostLooks where hasChanged {
            hasChanged = false
            let running = RunningProcesses()
            let family = running.family(of: target).union(group?.processes ?? [])
            for process in running.all {
                let isOfTarget = family.contains(process.id)
                var bits: UInt64 = isOfTarget ? ProcessTable.targetSet : 0
                if (isOfTarget || !table.isOfTarget) && !(isHeld && process.id == target) {
                    bits |= ProcessTable.counted
                    for (index, file) in files.enumerated() where file != nil && file?.key == process.program
                    {
                        bits |= table.bit(ofPath: index)
                    }
                    for (index, id) in table.ids.enumerated() where id == process.id {
                        bits |= table.bit(ofID: index)
                    }
                }
                guard bits != 0 else { continue }
                let (key, value) = (Self.key(process.id), Self.value(bits, parent: process.parent))
                if try !map.insert(key, value) {
                    // The target is known from the beginning, and begins now.
                    guard process.id == target, bits != ProcessTable.targetSet,
                        try map.value(of: key)?.integer(at: 0) == Int64(ProcessTable.targetSet)
                    else { continue }
                    try map.set(key, to: value)
                }
                guard process.isStillThere else {
                    try map.remove(key)
                    continue
                }
                hasChanged = true
                tell(process, bits)
            }
        }
    }

    private static let mostLooks = 8

    /// Takes the control group's processes into the target that have come into it from outside.
    ///
    /// Those are what a manager of services or containers has started; children of the target's are known without.
    func adoptGroup() throws(BPFError) {
        for id in group?.processes ?? [] {
            let key = Self.key(id)
            let known = try map.value(of: key)
            let bits = UInt64(bitPattern: known?.integer(at: 0) ?? 0) | ProcessTable.targetSet
            guard known.map({ UInt64(bitPattern: $0.integer(at: 0)) != bits }) ?? true,
                let process = ProcessStatus(id)
            else { continue }
            try map.set(key, to: Self.value(bits | ProcessTable.counted, parent: process.parent))
        }
    }

    private static func value(_ bits: UInt64, parent: Int32) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: ProcessTable.valueSize)
        value.put(Int64(bitPattern: bits), at: 0)
        value.put(Int64(parent), at: 8)
        return value
    }

    private static func key(_ process: Int32) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: ProcessTable.keySize)
        key.put(Int64(process), at: 0)
        return key
    }

    // MARK: - The target set

    private func reading<Result>(_ body: () throws(BPFError) -> Result) throws(RuntimeError) -> Result {
        do throws(BPFError) {
            return try body()
        } catch {
            throw .script(Array("the table of processes could not be read (error \(error.code))".utf8))
        }
    }

    func contains(_ process: Int64) throws(RuntimeError) -> Bool {
        guard let id = Int32(exactly: process) else { return false }
        return try reading { () throws(BPFError) in
            let value = try map.value(of: Self.key(id))
            return value.map { $0.integer(at: 0) & Int64(ProcessTable.targetSet) != 0 } ?? false
        }
    }

    func members() throws(RuntimeError) -> [(process: Int64, parent: Int64)] {
        var found: [Int64: Int64] = [:]
        try reading { () throws(BPFError) in
            var last: [UInt8]?
            while let key = try map.key(after: last), found.count <= map.capacity {
                last = key
                guard let value = try map.value(of: key),
                    value.integer(at: 0) & Int64(ProcessTable.targetSet) != 0
                else { continue }
                found[key.integer(at: 0)] = value.integer(at: 8)
            }
        }
        return found.sorted { $0.key < $1.key }.map { (process: $0.key, parent: $0.value) }
    }
}

/// A program's file, open, so that its inode stays what it is.
private final class ProgramIdentity: Sendable {
    let descriptor: Int32
    /// What stat(2) says that it is.
    let key: RunningProcesses.ProgramKey

    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let key = RunningProcesses.ProgramKey(path: "/proc/self/fd/\(descriptor)")
        else {
            return nil
        }
        self.key = key
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
