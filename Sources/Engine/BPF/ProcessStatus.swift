import Glibc

/// What `/proc` tells everybody of a process; which file it runs takes more rights (``RunningProcesses``).
struct ProcessStatus {
    let id: Int32
    let parent: Int32
    /// When it began, in ticks since the boot: ids come again, together they do not.
    let start: UInt64
    /// The processor time that it has used, in nanoseconds.
    let processorTime: UInt64

    /// nil for a process that is gone or dead.
    init?(_ id: Int32) {
        guard let text = try? Files.read("/proc/\(id)/stat", limit: 4096),
            let name = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        // From the third word on (proc(5)); the name before may hold anything.
        let words = text[(name + 1)...].split(separator: UInt8(ascii: " ")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count > 19, let parent = Int32(words[1]), let start = UInt64(words[19]), words[0] != "Z",
            words[0] != "X", let user = UInt64(words[11]), let system = UInt64(words[12])
        else { return nil }
        (self.id, self.parent, self.start) = (id, parent, start)
        processorTime = (user + system) * Self.nanosecondsOfTick
    }

    /// The process that a thread is of; nil for one that is gone.
    static func process(ofThread thread: Int32) -> Int32? {
        let text = (try? Files.read("/proc/\(thread)/status", limit: 4096)) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("Tgid:") }.flatMap { Int32($0.dropFirst(5).filter { !$0.isWhitespace }) }
    }

    /// Those of all processes.
    static var all: [ProcessStatus] { RunningProcesses.numbers(in: "/proc").compactMap { ProcessStatus($0) } }

    /// Some processes' ids and those of their descendants.
    static func families(of targets: Set<Int32>, among all: some Sequence<(id: Int32, parent: Int32)>) -> Set<
        Int32
    > {
        var children: [Int32: [Int32]] = [:]
        for process in all { children[process.parent, default: []].append(process.id) }
        var found = targets
        var open = Array(targets)
        while let next = open.popLast() {
            open += (children[next] ?? []).filter { found.insert($0).inserted }
        }
        return found
    }

    static let nanosecondsOfTick = 1_000_000_000 / UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
}
