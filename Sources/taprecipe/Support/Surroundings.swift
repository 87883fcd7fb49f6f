import Engine
import Glibc
import RecipeModel
import Report

/// What the process was started with: read once, here, and handed down as values.
enum Surroundings {
    /// The environment's variables.
    static let environment: [String: String] = {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }()

    /// The folders where programs are looked up.
    static var searchPath: [String] {
        (environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin").split(separator: ":").map(String.init)
    }

    /// The folders that hold separate debug files of kernels: the absolute ones of `SYSTEMTAP_DEBUGINFO_PATH`, as
    /// stap(1) takes them, or the usual one.
    static var kernelDebugRoots: [String] {
        guard let path = environment["SYSTEMTAP_DEBUGINFO_PATH"] else { return ["/usr/lib/debug"] }
        // libdwfl lets a sign before each folder say whether checksums count.
        return path.split(separator: ":").map { $0.drop { "+-".contains($0) } }
            .filter { $0.hasPrefix("/") }.map(String.init)
    }

    /// The absolute path of the working directory.
    static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// The absolute path of this program.
    static var executablePath: String {
        Files.target(ofLink: "/proc/self/exe") ?? "/usr/bin/taprecipe"
    }

    /// The folder of the programs that came with this one, `live/…`: `libexec/taprecipe` beside `bin`, and `.cache` of the
    /// source checkout for a program in its `.build`.
    static var shippedFolder: String {
        let parts = executablePath.split(separator: "/").dropLast()
        if let build = parts.lastIndex(of: ".build") {
            return "/" + parts[..<build].joined(separator: "/") + "/.cache"
        }
        return "/" + parts.dropLast().joined(separator: "/") + "/libexec/taprecipe"
    }

    /// The effective user id.
    static var effectiveUser: UInt32 { geteuid() }

    /// Where runs keep what outlives them, and their locks.
    static var directories: EngineDirectories {
        .standard(environment: environment, isRoot: effectiveUser == 0, userID: effectiveUser)
    }

    /// The running kernel's release, as `uname -r` prints it.
    static var kernelRelease: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension Surroundings {
    /// The time now as `2026-11-23 03:12:45 UTC`.
    static var timestamp: String { UTCTime.text(now) }

    /// The time now, in seconds since 1970.
    static var now: Int64 { Int64(time(nil)) }

    /// The same to the nanosecond.
    static var preciseNow: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// A path made absolute.
    static func absolute(_ path: String) -> String { AbsolutePath.of(path, in: workingDirectory) }
}
