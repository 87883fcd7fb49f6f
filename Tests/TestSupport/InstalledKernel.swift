import Foundation

/// The kernel that stap is asked about: the newest whose headers are installed (`apt-get install linux-headers-amd64`).
public enum InstalledKernel {
    /// Its release; where there is none, what to do about it, which stap's failure then shows.
    public static let release: String = {
        let folder = "/lib/modules"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return
            names
            .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/build/.config") }
            .max { $0.compare($1, options: .numeric) == .orderedAscending } ?? "install linux-headers-amd64"
    }()
}
