import Glibc
import StapMessages

/// Reads a saved output, also that of a plain `stap script.stp > file`, into a builder.
public enum SavedOutput {
    /// Why an output cannot be read; `description` is the message.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// The file cannot be opened or read.
        case unreadable(path: String, code: Int32)
        /// It is a directory, a device or a pipe.
        case notAFile(path: String)

        /// The words for a person.
        public var description: String { ReportMessages.text(of: self) }
    }

    /// What is done with a builder behind each piece of an output, and with `isIdle` where nothing comes for a moment.
    ///
    /// It returns whether to go on.
    public typealias Follower = (_ builder: inout SummaryBuilder, _ isIdle: Bool) -> Bool

    /// How long nothing comes until a follower hears of it, in milliseconds.
    private static let moment: Int32 = 250

    /// Reads a regular file to its end.
    public static func read(
        path: String, into builder: inout SummaryBuilder, follower: Follower? = nil
    ) throws(Failure) {
        // Without O_NONBLOCK the open itself would wait for a pipe's writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        try read(descriptor: descriptor, name: path, into: &builder, follower: follower)
    }

    /// Takes an output as it stands.
    public static func read(_ bytes: ArraySlice<UInt8>, into builder: inout SummaryBuilder) {
        var splitter = LineSplitter(maximumLength: maximumLineLength)
        splitter.feed(bytes) { builder.feed(savedLine: $0) }
        finish(&splitter, &builder)
    }

    private static let maximumLineLength = 64 * 1024

    private static func finish(_ splitter: inout LineSplitter, _ builder: inout SummaryBuilder) {
        splitter.finish { builder.feed(savedLine: $0) }
        builder.note(cutLines: Int(clamping: splitter.cutCount))
    }

    /// Reads a descriptor to its end, such as that of standard input; does not close it.
    public static func read(
        descriptor: Int32, name: String, into builder: inout SummaryBuilder, follower: Follower? = nil
    ) throws(Failure) {
        var splitter = LineSplitter(maximumLength: maximumLineLength)
        while true {
            if let follower, !wait(for: descriptor), !follower(&builder, true) { break }
            // A fresh chunk each time: records that are still open hold slices of the one they came in.
            var code: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, count in
                let read = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if read < 0 { code = errno }
                count = max(read, 0)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw .unreadable(path: name, code: code) }
            if chunk.isEmpty { break }
            splitter.feed(chunk[...]) { builder.feed(savedLine: $0) }
            if let follower, !follower(&builder, false) { break }
        }
        finish(&splitter, &builder)
    }

    /// Whether something can be read within a moment, or the end has come.
    private static func wait(for descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, moment) != 0
    }
}
