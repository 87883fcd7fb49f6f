/// The text of some of a tapset's files, and which of them defines a name.
struct TapsetTexts: Sendable {
    /// A name's hash, and the number of a file that defines it.
    struct Definition {
        var hash: UInt64
        var file: Int
    }

    let paths: [String]
    /// The files' bytes, nil for one that could not be read.
    private(set) var texts: [[UInt8]?] = []
    // A script asks for few names, so that a table of them would cost more than it saves.
    private(set) var functions: [Definition] = []
    private(set) var globals: [Definition] = []

    /// Reads the files.
    init(_ paths: [String], read: (String) -> [UInt8]?) {
        self.paths = paths
        for (index, path) in paths.enumerated() {
            let bytes = read(path)
            texts.append(bytes)
            guard let bytes else { continue }
            let scan = TapsetScan(bytes)
            functions += scan.functions.map { Definition(hash: $0, file: index) }
            globals += scan.globals.map { Definition(hash: $0, file: index) }
        }
    }
}
