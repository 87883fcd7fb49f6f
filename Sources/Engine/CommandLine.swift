import RecipeModel
import Templater

/// The argument arrays that stap and staprun are started with.
enum CommandLine {
    /// `stap -p4 …`: compile only, into the working directory.
    ///
    /// `-s` is not among them: stap hands the buffer's size to staprun, and keeps nothing of it in the module.
    static func stap(
        _ request: RunRequest, limits: Limits, module: String, script: String, runtime: String?,
        kernelTree: String? = nil
    ) -> [String] {
        ["-v", "-p4", "-m", module, "-r", kernelTree ?? request.kernelRelease]
            + options(request, limits: limits)
            + (runtime.map { ["-R", $0] } ?? []) + [script]
    }

    /// Those of stap's options that decide what the module does.
    static func options(_ request: RunRequest, limits: Limits) -> [String] {
        var options = request.script.guru ? ["-g"] : []
        for (macro, value) in limits.macros.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            // STP_NO_OVERLOAD is tested with #ifdef, so that 0 must leave it out.
            if macro == .STP_NO_OVERLOAD {
                if value != 0 { options.append("-DSTP_NO_OVERLOAD") }
            } else {
                options.append("-D\(macro.rawValue)=\(value)")
            }
        }
        for file in request.unwindModules { options += ["-d", file.path] }
        if !request.libraries.isEmpty { options.append("--ldd") }
        return options
    }

    /// `staprun …`: load the module and read what it prints.
    ///
    /// Twice `-v` has stapio say when the probes are placed; it also stops it from dropping equal warnings, so
    /// that they can be counted.
    static func staprun(module path: String, target: Int32?, limits: Limits) -> [String] {
        var words = ["-v", "-v", "-C", "never"]
        if let target { words += ["-x", "\(target)"] }
        if let size = limits.bufferMegabytes { words += ["-b", "\(size)"] }
        return words + [path]
    }

    /// What stap and staprun get to see of our environment.
    static func environment(_ request: RunRequest, systemtap: String, temporary: String) -> [String: String] {
        var values = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": temporary, "TMPDIR": temporary,
            "SYSTEMTAP_DIR": systemtap,
        ]
        for name in [
            "DEBUGINFOD_URLS", "DEBUGINFOD_TIMEOUT", "DEBUGINFOD_CACHE_PATH", "SYSTEMTAP_DEBUGINFO_PATH",
        ] {
            values[name] = request.environment[name]
        }
        return values
    }
}
