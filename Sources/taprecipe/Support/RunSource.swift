import Diagnostics
import Glibc
import Report
import RunBundles

/// A run that was finished some time: in the store by its number, or in a file (`export`, `run --format json`).
struct RunSource {
    /// What the command line calls it.
    let name: String
    let summary: Summary
    /// nil where it is a summary's JSON form alone.
    let bundle: RunBundle?

    /// Reads the run of that name; one of digits is a number in the store.
    init(_ name: String, store: StoreOptions) throws {
        if name.allSatisfy({ $0.isASCII && $0.isNumber }), !name.isEmpty {
            try self.init(name: "run \(name)", bytes: try Self.stored(name, store))
        } else {
            try self.init(file: name)
        }
    }

    /// Reads the run in a file.
    init(file: String) throws {
        try self.init(name: file, bytes: try InputFile(path: file).read(limit: RunBundle.maximumSize))
    }

    /// The bundle of the run of that number.
    static func stored(_ id: String, _ store: StoreOptions) throws -> [UInt8] {
        try store.answer("bundle", [id])
    }

    /// Whether there is a file that begins as a bundle does.
    static func isBundle(file: String) -> Bool {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 4)
        return read(descriptor, &start, start.count) == start.count && RunBundle.isBundle(start)
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
    }

    private init(name: String, bytes: [UInt8]) throws {
        self.name = name
        do {
            if RunBundle.isBundle(bytes) {
                let bundle = try RunBundle(reading: bytes)
                self.bundle = bundle
                summary = bundle.document.summary
            } else if Self.isJSON(bytes) {
                bundle = nil
                summary = try Summary(json: bytes)
            } else {
                throw CommandFailure(
                    "'\(name)' is neither an exported run nor a summary in JSON",
                    notes: [
                        "'taprecipe export' writes the one, 'taprecipe run --format json' the other",
                        "what a script printed is summarized by 'taprecipe report FILE --recipe NAME'",
                    ])
            }
        } catch let problem as RunBundleProblem {
            throw CommandFailure("cannot read '\(name)': \(problem)")
        } catch let problem as DocumentProblem {
            throw CommandFailure("cannot read '\(name)': \(problem)")
        }
    }
}
