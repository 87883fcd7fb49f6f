import BinaryMutants
import Foundation

/// Damages binaries and asks everything of them, in processes that may crash, hang or swallow memory.
///
///     fuzz-binaries ROOT [--cases N] [--first N]   all cases from the first on
///     fuzz-binaries ROOT --case N                  one case in this process, for a debugger
///
/// A case's number is its seed; with the same compiler it makes the same file again.
@main struct Main {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard let root = arguments.first else { throw Failure("the project's folder is missing") }
        arguments.removeFirst()
        func option(_ name: String) -> Int? {
            arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? Int(arguments[$0 + 1]) : nil }
        }
        let cache = "\(root)/.cache/fuzz/binaries"
        if let first = option("--worker"), let last = option("--last") {
            let bases = try JSONDecoder().decode(
                [Base].self, from: Data(contentsOf: URL(fileURLWithPath: "\(cache)/bases.json")))
            // Each campaign has its own, so that two can run.
            try Worker(bases: bases, folder: "\(cache)/worker-\(getppid())").run(first..<last)
            return
        }
        let bases = try Bases(folder: "\(cache)/bases", root: root).all()
        try JSONEncoder().encode(bases).write(to: URL(fileURLWithPath: "\(cache)/bases.json"))
        if let number = option("--case") {
            let base = Worker.base(of: number, in: bases)
            let good = try Array(Data(contentsOf: URL(fileURLWithPath: base.path)))
            let mutant = BinaryMutator(good).mutant(seed: UInt64(number))
            print("case \(number): \(base.name), \(mutant.damage.map(\.rawValue).joined(separator: ", "))")
            print("file: \(cache)/case/\(base.name)/\(base.mutantName)")
            try Worker(bases: bases, folder: "\(cache)/case").run(number..<number + 1)
            return
        }
        let first = option("--first") ?? 0
        var campaign = Campaign(root: root, cache: cache, bases: bases)
        defer { try? FileManager.default.removeItem(atPath: campaign.folder) }
        try campaign.run(first..<first + (option("--cases") ?? 20_000))
        if !campaign.findings.isEmpty { throw Failure("\(campaign.findings.count) findings") }
    }
}

/// Many workers, one after the other.
struct Campaign {
    struct Finding {
        var number: Int
        var what: String
    }

    /// How many cases a worker runs before the next takes its place: libraries leak a little.
    private static let batch = 200

    let root: String
    let cache: String
    let bases: [Base]
    private(set) var findings: [Finding] = []
    private var (opened, read, slowest, slowestCase) = (0, 0, 0.0, 0)

    /// Where its workers write.
    let folder: String

    init(root: String, cache: String, bases: [Base]) {
        self.root = root
        self.cache = cache
        folder = "\(cache)/worker-\(getpid())"
        self.bases = bases
    }

    mutating func run(_ numbers: Range<Int>) throws {
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let last = min(next + Self.batch, numbers.upperBound)
            next = try worker(next..<last)
        }
        print(
            "binaries: \(numbers.count) cases, \(opened) opened, \(read) with debug information read, slowest "
                + "\(String(format: "%.2f", slowest)) s (case \(slowestCase)), \(findings.count) findings")
    }

    /// Runs a worker and tells where the next must go on.
    private mutating func worker(_ numbers: Range<Int>) throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [root, "--worker", "\(numbers.lowerBound)", "--last", "\(numbers.upperBound)"]
        // A crash's backtrace by Swift takes seconds and needs the debug information of everything.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) {
            $1
        }
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let words = try String(contentsOfFile: "\(folder)/current", encoding: .utf8).split(separator: " ")
        guard words.count == 5, let number = Int(words[0]),
            (numbers.lowerBound...numbers.upperBound).contains(number)
        else { throw Failure("no worker starts") }
        opened += Int(words[1]) ?? 0
        read += Int(words[2]) ?? 0
        if let time = Double(words[3]), time > slowest { (slowest, slowestCase) = (time, Int(words[4]) ?? 0) }
        if process.terminationReason == .exit, process.terminationStatus == 0 { return numbers.upperBound }
        let base = Worker.base(of: number, in: bases)
        let what =
            switch process.terminationStatus {
            case SIGXCPU: "more than \(Worker.seconds) s"
            case SIGALRM: "waits for something"
            default: "signal \(process.terminationStatus) (a crash, or more than 512 MB)"
            }
        findings.append(Finding(number: number, what: what))
        let kept = "\(cache)/findings/\(number)"
        try? FileManager.default.createDirectory(
            atPath: "\(cache)/findings", withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: kept)
        try? FileManager.default.copyItem(
            atPath: "\(folder)/\(base.name)/\(base.mutantName)", toPath: kept)
        print("binaries: case \(number) of \(base.name): \(what): \(kept)")
        print("  again: Scripts/fuzz.sh case \(number)")
        fflush(nil)
        return number + 1
    }
}
