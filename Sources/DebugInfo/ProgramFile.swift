import Glibc

/// How a script's words lead to the file of a program (stap's `find_executable`).
public enum ProgramFile {
    /// The regular files that a shell pattern matches, without symbolic links and doubles, sorted.
    public static func matching(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        let paths = (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv[index].map { String(cString: $0) }
        }
        return Set(paths.filter { SmallFile.exists($0) }.map { SmallFile.canonical($0) }).sorted()
    }

    /// The path without symbolic links, or as it is.
    public static func canonical(_ path: String) -> String { SmallFile.canonical(path) }

    /// Whether a file is there that may be executed.
    public static func isExecutable(_ path: String) -> Bool {
        SmallFile.exists(path) && access(path, X_OK) == 0
    }

    /// What a process runs.
    public enum Running: Equatable {
        /// The path of its program.
        case program(String)
        /// There is no such process.
        case noProcess
        /// It may not be seen, or runs nothing: a kernel's thread.
        case unknown
    }

    /// What the process of an id runs; asked of the opener where this process may not see it.
    public static func running(asProcess id: Int64, _ opener: FileOpener? = nil) -> Running {
        guard let id = pid_t(exactly: id), id > 0 else { return .noProcess }
        if let opener {
            // A helper may not even ask the kernel whether a process is there.
            switch opener.program(id) {
            case .success(let path): return .program(path)
            case .failure(let refusal): return refusal.code == ESRCH ? .noProcess : .unknown
            }
        }
        guard kill(id, 0) == 0 || errno == EPERM else { return .noProcess }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/\(id)/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return .unknown }
        return .program(String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// The program that runs a script, by the script's first line as stap reads it.
    ///
    /// What stands behind `#!` is its path, all of it, or behind `#!/usr/bin/env` its name. So stap finds none for
    /// `#!/bin/sh -e`.
    public static func interpreter(of path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 2, bytes.starts(with: "#!".utf8) else { return nil }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var words = bytes[2..<count].prefix { $0 != 0x0A }.drop(while: isBlank)
        for env in ["/usr/bin/env", "/bin/env"] where words.starts(with: env.utf8) {
            let rest = words.dropFirst(env.utf8.count)
            if rest.first.map(isBlank) == true { words = rest.drop(while: isBlank) }
        }
        while words.last.map(isBlank) == true { words.removeLast() }
        return words.isEmpty ? nil : String(decoding: words, as: UTF8.self)
    }
}
