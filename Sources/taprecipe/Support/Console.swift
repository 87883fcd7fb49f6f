import Diagnostics
import Glibc

/// The terminal or pipes that the command talks to.
struct Console: Sendable {
    /// Whether standard output is a terminal.
    let outputIsTerminal: Bool
    /// Whether standard error is a terminal.
    let errorIsTerminal: Bool
    /// Whether to colour standard output.
    let colorsOutput: Bool
    /// Whether to colour standard error.
    let colorsErrors: Bool
    /// The columns of the terminal; 80 where there is none.
    let width: Int
    /// The columns of the terminal that standard error is; else as `width`.
    let errorWidth: Int
    /// The lines of the terminal that standard error is; else 24.
    let errorHeight: Int
    /// Whether the locale's character set is UTF-8.
    let isUTF8: Bool

    /// Looks at the standard streams and the environment (`NO_COLOR`, `TERM`, `COLUMNS`, `LC_ALL`).
    init(color: ColorChoice, environment: [String: String]) {
        outputIsTerminal = isatty(STDOUT_FILENO) == 1
        errorIsTerminal = isatty(STDERR_FILENO) == 1
        let mayColor = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        colorsOutput = color == .always || (color == .auto && mayColor && outputIsTerminal)
        colorsErrors = color == .always || (color == .auto && mayColor && errorIsTerminal)
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            width = Int(size.ws_col)
        } else {
            let columns = environment["COLUMNS"].flatMap(Int.init) ?? 0
            width = columns > 0 ? min(max(columns, 20), 1000) : 80
        }
        size = winsize()
        _ = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        errorWidth = size.ws_col > 0 ? Int(size.ws_col) : width
        errorHeight = size.ws_row > 0 ? Int(size.ws_row) : 24
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        // Without any locale (cron, systemd, a bare ssh) a file or mail reader is far likelier to take UTF-8
        // than not, but a real terminal that says "C" is believed.
        isUTF8 = locale.map { $0.lowercased().contains("utf") } ?? !outputIsTerminal
    }

    /// Writes to standard output; throws where that is closed or full.
    func write(_ text: String) throws {
        try Self.write(Array(text.utf8), to: STDOUT_FILENO, name: "standard output")
    }

    /// Writes a line to standard output.
    func writeLine(_ text: String) throws { try write(text + "\n") }

    /// Writes to standard error; a failure there has nowhere to be said.
    func complain(_ text: String) { complain(Array(text.utf8)) }

    /// Writes bytes to standard error.
    func complain(_ bytes: [UInt8]) {
        try? Self.write(bytes, to: STDERR_FILENO, name: "standard error")
    }

    /// Shows diagnostics on standard error.
    func report(_ diagnostics: [Diagnostic], map: SourceMap? = nil) {
        complain(DiagnosticRenderer(isColored: colorsErrors, sourceMap: map).render(diagnostics))
    }

    /// Writes all bytes to a descriptor, through interruptions and short writes.
    static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw SystemFailure(action: "cannot write to \(name)", code: errno)
            }
        }
    }
}

/// When to colour.
enum ColorChoice: String, CaseIterable { case auto, always, never }

/// A system call that failed: what was tried, and errno.
struct SystemFailure: Error {
    let action: String
    let code: Int32
    /// What was expected instead, where that says more than the error's number.
    var expected: String? = nil

    var diagnostic: Diagnostic {
        .error(
            expected.map { "\(action), expected \($0)" } ?? "\(action): \(String(cString: strerror(code)))")
    }
}

extension Console {
    /// A line as a terminal may safely show it: invalid UTF-8 and control characters but tabs are replaced.
    static func safe(_ line: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
            text.unicodeScalars.append(isControl ? "?" : scalar)
        }
        return text
    }
}

/// Holds the calling thread up.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// Gives the standard streams that are closed a descriptor that fails as they would (EBADF), before a file of ours
/// gets their number and what is printed goes into it.
func occupyStandardDescriptors() {
    for (descriptor, mode) in [
        (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ]
    where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest free number, which is this one.
        _ = open("/dev/null", mode)
    }
}
