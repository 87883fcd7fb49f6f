import BinaryMutants
import Foundation

/// Runs cases one after the other, in a process that may die of one.
struct Worker {
    /// What one case may take, above what the process has already: 5 s and 512 MB (issue 3, item 7).
    static let seconds = 5
    static let memory: UInt64 = 512 << 20

    let bases: [Base]
    let folder: String

    /// Which base a case damages.
    static func base(of number: Int, in bases: [Base]) -> Base {
        let total = bases.reduce(0) { $0 + $1.weight }
        // A prime stride spreads the bases evenly over any stretch of numbers.
        var place = (number * 617) % total
        for base in bases {
            place -= base.weight
            if place < 0 { return base }
        }
        return bases[0]
    }

    /// Runs the cases; `folder/current` always says which one, and what became of those before it.
    func run(_ numbers: Range<Int>) throws {
        var mutators: [String: BinaryMutator] = [:]
        var (opened, read, slowest, slowestCase) = (0, 0, 0.0, numbers.lowerBound)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for base in bases {
            for companion in base.companions {
                let place = "\(folder)/\(base.name)"
                try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                let name = URL(fileURLWithPath: companion).lastPathComponent
                try? FileManager.default.removeItem(atPath: "\(place)/\(name)")
                try FileManager.default.copyItem(atPath: companion, toPath: "\(place)/\(name)")
            }
            try? FileManager.default.createDirectory(
                atPath: "\(folder)/\(base.name)", withIntermediateDirectories: true)
        }
        for number in numbers {
            let base = Self.base(of: number, in: bases)
            let mutator =
                try mutators[base.name]
                ?? BinaryMutator(Array(Data(contentsOf: URL(fileURLWithPath: base.path))))
            mutators[base.name] = mutator
            let place = "\(folder)/\(base.name)"
            let mutant = "\(place)/\(base.mutantName)"
            try Data(mutator.mutant(seed: UInt64(number)).bytes).write(to: URL(fileURLWithPath: mutant))
            try Data("\(number) \(opened) \(read) \(slowest) \(slowestCase)".utf8).write(
                to: URL(fileURLWithPath: "\(folder)/current"))
            try Self.limit()
            let start = Self.cpuTime()
            // Of a pair, the program is what is opened.
            var exercise = BinaryExercise(path: base.name == "stripped.debug" ? "\(place)/stripped" : mutant)
            let answer = exercise.run()
            let time = Self.cpuTime() - start
            if answer.isOpen { opened += 1 }
            if answer.hasDebugInfo { read += 1 }
            if time > slowest { (slowest, slowestCase) = (time, number) }
        }
        try Data("\(numbers.upperBound) \(opened) \(read) \(slowest) \(slowestCase)".utf8).write(
            to: URL(fileURLWithPath: "\(folder)/current"))
    }

    private static func cpuTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    private static func limit() throws {
        let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = UInt64(status.split(separator: " ").first ?? "") ?? 0
        var address = rlimit(rlim_cur: rlim_t(pages * UInt64(getpagesize()) + memory), rlim_max: .max)
        var time = rlimit(rlim_cur: rlim_t(cpuTime() + 1) + rlim_t(seconds), rlim_max: .max)
        var core = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &address) == 0,
            setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &time) == 0
        else { throw Failure("setrlimit failed") }
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
        // What waits instead of counting is stopped by the wall's clock.
        alarm(UInt32(12 * seconds))
    }
}
