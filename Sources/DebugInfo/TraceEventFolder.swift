/// The trace events of the running kernel, as tracefs lists them: one folder a system, one folder an event.
public struct TraceEventFolder: Sendable {
    /// The events of each system.
    public let events: [String: Set<String>]

    /// Reads the first of the folders that is there, such as `/sys/kernel/tracing/events`; nil where tracefs is
    /// not mounted or hidden.
    public init?(folders: [String]) {
        for folder in folders {
            var found: [String: Set<String>] = [:]
            for system in SmallFile.names(in: folder) {
                // Beside its events a system's folder has the files `enable` and `filter`.
                let names = SmallFile.names(in: "\(folder)/\(system)").filter {
                    SmallFile.exists("\(folder)/\(system)/\($0)/format")
                }
                if !names.isEmpty { found[system] = Set(names) }
            }
            guard !found.isEmpty else { continue }
            events = found
            return
        }
        return nil
    }
}
