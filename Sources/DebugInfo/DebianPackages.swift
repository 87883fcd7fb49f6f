/// dpkg's record of which package a file belongs to.
enum DebianPackages {
    /// The package that owns a path, without its architecture; nil where dpkg knows none.
    static func owner(of path: String, database: String = "/var/lib/dpkg/info") -> String? {
        // A merged /usr makes one file known under two paths.
        let spellings =
            path.hasPrefix("/usr/lib") || path.hasPrefix("/usr/bin") || path.hasPrefix("/usr/sbin")
            ? [path, String(path.dropFirst(4))] : [path]
        let wanted = spellings.map { Array($0.utf8) }
        for name in SmallFile.names(in: database) where name.hasSuffix(".list") {
            guard let bytes = SmallFile.read("\(database)/\(name)") else { continue }
            let isListed = bytes.split(separator: 0x0A).contains { line in
                wanted.contains { $0.count == line.count && line.elementsEqual($0) }
            }
            if isListed { return String(name.dropLast(5).prefix { $0 != ":" }) }
        }
        return nil
    }
}
