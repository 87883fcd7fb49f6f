import Engine
import Resolver

/// What is to run again and again: a command line that needs nothing of the environment that it was made in.
struct ScheduledJob {
    /// What it is called: the recipe's or runbook's name unless another was given.
    var name: String
    /// What it is for, in a line.
    var summary: String
    /// The words of the command line, the program's path first; all paths in it are absolute.
    var words: [String]
    /// The folder in which it runs, where that decides what it means.
    var folder: String?
    /// The files that it reads: the runbook, recipes, and the programs that these are about.
    var inputs: [String]
    /// The files that it writes, but for those in the state folder.
    var outputs: [String]
    /// The most that one run may take; nil: that is not bounded.
    var longest: Duration?
    /// The engines that its runs use.
    var engines: Set<Finding.Engine>
    /// Whether one of its runs tells the kernel's stacks or symbols.
    var readsKernelSymbols: Bool
    /// Whether it starts programs of the user's: a command to trace or one to tell of trouble.
    var startsPrograms: Bool

    /// The folders of what it writes, each once.
    var outputFolders: [String] { Set(outputs.map { OutputFile(path: $0).folder }).sorted() }

    /// The name of its unit, and of its file for cron.
    var unit: String { "taprecipe-\(name)" }
    /// The lock that keeps two runs of it apart.
    static let lockPrefix = "schedule-"
}
