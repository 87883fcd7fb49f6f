import Glibc
import RecipeModel

/// Finds values for parameters from what is on this machine: a program that runs, else one that is installed.
struct ParameterFinder {
    /// A parameter's value, and where it comes from.
    struct Found {
        var parameter: String
        var value: String
        /// The process that runs it; nil where the file is only there.
        var pid: Int32?

        /// The program, for a sentence.
        var sentence: String { value + (pid.map { ", which process \($0) runs" } ?? "") }
    }

    /// The files that processes run, by the processes' numbers; those of other users are hidden from all but root.
    private let running: [(pid: Int32, path: String)]

    /// Looks at some processes, or at all.
    init(among processes: Set<Int32>? = nil) {
        var running: [(Int32, String)] = []
        if let folder = opendir("/proc") {
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                // Of one that was replaced since it started there is nothing to look into.
                if let pid = Int32(name), processes?.contains(pid) ?? true,
                    let path = try? TargetProcess.executable(of: pid)
                {
                    running.append((pid, path))
                }
            }
        }
        self.running = running.sorted { $0.0 < $1.0 }.map { ($0.0, $0.1) }
    }

    /// A value for a parameter of the type executable, by its examples; nil where there is none.
    func find(_ parameter: Parameter) -> Found? {
        guard parameter.type == .executable else { return nil }
        for example in parameter.examples {
            let name = Self.baseName(example)
            if let process = running.first(where: { Self.baseName($0.path) == name }) {
                return Found(parameter: parameter.name, value: process.path, pid: process.pid)
            }
        }
        for example in parameter.examples {
            let candidates =
                example.contains("/") ? [example] : Surroundings.searchPath.map { "\($0)/\(example)" }
            if let path = candidates.first(where: { access($0, R_OK) == 0 }) {
                return Found(parameter: parameter.name, value: path)
            }
        }
        return nil
    }

    /// Why no value was found, where values were looked for.
    func absence(_ parameter: Parameter) -> String? {
        guard parameter.type == .executable, let example = parameter.examples.first else { return nil }
        let name = Self.baseName(example)
        return "no process that can be seen runs '\(name)', and '\(example)' is not here"
    }

    private static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
