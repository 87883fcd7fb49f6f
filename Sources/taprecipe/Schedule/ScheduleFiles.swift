import Diagnostics
import Engine
import Glibc

/// The files of a job below a root folder: written, or taken away, and no one else's.
struct ScheduleFiles {
    /// The folder that stands for `/`.
    let root: String
    /// By path below the root: what they are to hold.
    let texts: [(path: String, text: String)]

    private static let services = "/etc/systemd/system"

    init(root: String, unit: String, units: SystemdUnits?, cron: CronFile?) {
        self.root = root == "/" ? "" : root
        var texts: [(String, String)] = []
        if let units {
            texts.append(("\(Self.services)/\(unit).service", units.service))
            texts.append(("\(Self.services)/\(unit).timer", units.timer))
        }
        if let cron { texts.append(("/etc/cron.d/\(unit)", cron.text)) }
        self.texts = texts
    }

    /// The files' paths.
    static func paths(_ unit: String, isCron: Bool) -> [String] {
        isCron ? ["/etc/cron.d/\(unit)"] : ["service", "timer"].map { "\(services)/\(unit).\($0)" }
    }

    /// Writes all of them, mode 0644, each by rename.
    func install() throws -> [String] {
        for (path, _) in texts { try Self.requireOurs(root + path) }
        for (path, text) in texts {
            if !root.isEmpty { try Self.makeFolders(of: Surroundings.absolute(root + path)) }
            try OutputFile(path: root + path, mode: 0o644).write(Array(text.utf8))
        }
        return texts.map { root + $0.path }
    }

    /// Removes a job's files; which of them were there.
    static func remove(_ unit: String, isCron: Bool, root: String) throws -> [String] {
        let paths = paths(unit, isCron: isCron).map { (root == "/" ? "" : root) + $0 }
        let present = paths.filter { access($0, F_OK) == 0 }
        for path in present { try requireOurs(path) }
        for path in present where unlink(path) != 0 {
            throw SystemFailure(action: "cannot remove '\(path)'", code: errno)
        }
        return present
    }

    /// Refuses a file that somebody else wrote.
    private static func requireOurs(_ path: String) throws {
        guard access(path, F_OK) == 0 else { return }
        let bytes = try InputFile(path: path).read(limit: 1 << 20)
        guard bytes.starts(with: SystemdUnits.mark.utf8) else {
            throw UsageError(
                "'\(path)' was not written by 'taprecipe schedule'",
                notes: ["give another '--unit-name', or move that file away"])
        }
    }

    private static func makeFolders(of path: String) throws {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw SystemFailure(action: "cannot make '\(folder)'", code: errno)
            }
        }
    }
}
