import Diagnostics
import Engine
import Glibc
import RecipeModel

/// What a run needs of the machine before it begins: room for its files, memory, and a load that leaves it some.
struct RoomCheck {
    /// A folder that files are going to be written to.
    struct Place: Equatable {
        var folder: String
        /// The bytes that may be needed there.
        var needed: UInt64
        /// What needs them, and what helps.
        var purpose: String
        var remedy: String

        /// The folder that a file is in.
        init(of file: String, needed: UInt64, purpose: String, remedy: String = "give another place") {
            folder = OutputFile(path: Surroundings.absolute(file)).folder
            (self.needed, self.purpose, self.remedy) = (needed, purpose, remedy)
        }
    }

    /// The most that a summary or a report takes, with all that is likely.
    static let summarySize: UInt64 = 1 << 20

    /// Less than this may not be left to the machine's other programs, in bytes.
    static let leastMemory: UInt64 = 128 << 20

    var places: [Place] = []
    var guards = RunGuards()

    /// What is in the way.
    ///
    /// - Parameters:
    ///   - room: Tells the free bytes of a folder's file system; nil where it cannot be told.
    ///   - memory: The bytes of memory that are available; nil where that cannot be told.
    ///   - load: The load of the last minute.
    /// - Returns: An error for each thing; none where nothing is in the way.
    func problems(room: (String) -> UInt64?, memory: UInt64?, load: Double?) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for place in places {
            guard let free = room(place.folder), free < place.needed else { continue }
            problems.append(
                .error(
                    "\(Self.megabytes(free)) MiB are free in '\(place.folder)', but \(place.purpose) may take "
                        + "\(Self.megabytes(place.needed)) MiB", notes: [place.remedy]))
        }
        if let memory, memory < Self.leastMemory {
            problems.append(
                .error(
                    "\(Self.megabytes(memory)) MiB of memory are available, but a run wants "
                        + "\(Self.megabytes(Self.leastMemory)) MiB",
                    notes: ["'ps -eo pid,rss,comm --sort -rss | head' shows who has it"]))
        }
        if let breach = guards.breach(load: load, overhead: nil) {
            problems.append(.error("not begun because of \(breach.words)"))
        }
        return problems
    }

    /// Refuses a run that has no room here.
    func require() throws {
        let problems = problems(room: Self.free, memory: Files.availableMemory, load: RunGuards.load)
        guard problems.isEmpty else {
            Console(color: .auto, environment: Surroundings.environment).report(problems)
            throw Exit(.failure)
        }
    }

    /// The bytes that this user may still write to a folder's file system.
    private static func free(_ folder: String) -> UInt64? {
        var system = statvfs()
        // The kernel's own file systems have no blocks.
        guard statvfs(folder, &system) == 0, system.f_blocks > 0 else { return nil }
        return UInt64(system.f_bavail) * UInt64(system.f_frsize)
    }

    private static func megabytes(_ bytes: UInt64) -> UInt64 { bytes >> 20 }
}
