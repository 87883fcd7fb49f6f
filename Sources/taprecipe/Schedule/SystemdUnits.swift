import Engine
import RecipeModel

/// A systemd service for a job, which may do no more than the job needs, and the timer that starts it.
struct SystemdUnits {
    let job: ScheduledJob
    let timing: Timing
    let jitter: Duration?
    /// The release of the kernel here.
    let kernelRelease: String

    /// What every file of ours begins with.
    static let mark = "# Written by 'taprecipe schedule'"

    var service: String {
        var lines = [
            "\(Self.mark); 'taprecipe schedule --remove --unit-name \(job.name)' takes it away.",
            "[Unit]", "Description=taprecipe: \(Self.plain(job.summary))", "", "[Service]", "Type=oneshot",
            "ExecStart=\(job.words.map(Self.quoted).joined(separator: " "))",
            "# Exit code 5 is: nothing was recorded. Others than 0 and 5 make the unit fail, for 'systemctl --failed'.",
            "SuccessExitStatus=5",
        ]
        if let folder = job.folder { lines.append("WorkingDirectory=\(Self.plain(folder))") }
        if let longest = job.longest {
            lines.append("TimeoutStartSec=\(Timing.systemdTime(longest + .seconds(60)))")
        }
        lines += [
            "# SIGTERM to the main process alone: it ends its runs politely.", "KillMode=mixed", "Nice=5",
        ]
        return (lines + folders + hardening).map { $0 + "\n" }.joined()
    }

    var timer: String {
        var lines = [
            SystemdUnits.mark, "[Unit]", "Description=taprecipe: when \(job.unit).service runs", "",
            "[Timer]",
        ]
        lines += timing.timerLines + ["AccuracySec=1s"]
        if let jitter { lines.append("RandomizedDelaySec=\(Timing.systemdTime(jitter))") }
        lines += ["", "[Install]", "WantedBy=timers.target"]
        return lines.map { $0 + "\n" }.joined()
    }

    // MARK: What it may touch

    private var folders: [String] {
        var lines = [
            "", "UMask=0077", "StateDirectory=taprecipe", "StateDirectoryMode=0700",
            "CacheDirectory=taprecipe",
            "CacheDirectoryMode=0700", "RuntimeDirectory=taprecipe", "RuntimeDirectoryMode=0700",
            "# Runs by hand have their locks there, too.", "RuntimeDirectoryPreserve=yes",
        ]
        var writable = job.outputFolders
        // Else ProtectSystem makes them read-only.
        if usesCommonTemporaries { writable = ["/tmp", "/var/tmp"] + writable }
        if !writable.isEmpty {
            lines.append("ReadWritePaths=\(writable.map(Self.quoted).joined(separator: " "))")
        }
        return lines
    }

    private var usesModules: Bool { job.engines.contains(.stap) }

    /// Whether it sees the temporary files of others: some of its own files are there, or its programs' may be.
    private var usesCommonTemporaries: Bool {
        var paths: [String] = job.inputs + job.outputs + job.words.prefix(1)
        if let folder = job.folder { paths.append(folder + "/") }
        return job.startsPrograms || paths.contains { $0.hasPrefix("/tmp/") || $0.hasPrefix("/var/tmp/") }
    }

    private var hardening: [String] {
        // ProtectKernelTunables hides /proc/kallsyms, and ProtectKernelLogs takes CAP_SYSLOG away.
        var lines = [
            "", "NoNewPrivileges=yes", "CapabilityBoundingSet=\(capabilities.joined(separator: " "))",
            "AmbientCapabilities=", "ProtectSystem=strict",
            job.startsPrograms ? "ProtectHome=no" : "ProtectHome=read-only",
            "PrivateMounts=yes", "PrivateTmp=\(usesCommonTemporaries ? "no" : "yes")",
            "PrivateDevices=yes",
            "DevicePolicy=closed", "ProtectClock=yes", "ProtectControlGroups=yes", "ProtectHostname=yes",
            "ProtectKernelLogs=\(job.readsKernelSymbols ? "no" : "yes")",
            "ProtectKernelModules=\(usesModules ? "no" : "yes")",
            "ProtectKernelTunables=\(usesModules || job.readsKernelSymbols ? "no" : "yes")",
            "RestrictSUIDSGID=yes",
            "RestrictRealtime=yes", "LockPersonality=yes", "KeyringMode=private", "RemoveIPC=yes",
            "# Binaries are read in a process that has a network and IPC of its own.",
            "RestrictNamespaces=net ipc",
            "SystemCallArchitectures=native",
        ]
        if !job.startsPrograms {
            lines += [
                "MemoryDenyWriteExecute=yes", "PrivateNetwork=yes", "RestrictAddressFamilies=AF_UNIX",
                "IPAddressDeny=any",
            ]
        }
        lines.append(
            "SystemCallFilter=@system-service @debug bpf seccomp" + (usesModules ? " @module @mount" : ""))
        lines.append("SystemCallErrorNumber=EPERM")
        return lines
    }

    /// What the engines need (docs/operators.md), and what becoming nobody needs for the process that reads binaries.
    private var capabilities: [String] {
        var names = [
            "CAP_BPF", "CAP_PERFMON", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE", "CAP_DAC_READ_SEARCH",
            "CAP_DAC_OVERRIDE", "CAP_SETUID", "CAP_SETGID", "CAP_CHECKPOINT_RESTORE",
        ]
        if job.startsPrograms { names.append("CAP_KILL") }
        if job.readsKernelSymbols { names.append("CAP_SYSLOG") }
        if usesModules { names += ["CAP_SYS_MODULE", "CAP_KILL", "CAP_CHOWN", "CAP_FOWNER"] }
        // Perf events of uprobes ask for it before 6.6.
        if usesModules || KernelVersion(kernelRelease).map({ $0 < KernelVersion(6, 6) }) ?? true {
            names.append("CAP_SYS_ADMIN")
        }
        return names
    }

    // MARK: Text

    /// A word as systemd.service(5) takes it, with `%` and `$` as they are.
    static func quoted(_ word: String) -> String {
        var text = ""
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "%": text += "%%"
            case "$": text += "$$"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return !word.isEmpty && word.utf8.allSatisfy(isPlain) ? text : "\"\(text)\""
    }

    /// Whether a byte stands for itself in a unit's word.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "/._-+=:,@".utf8.contains(byte)
    }

    /// A text in a line of its own.
    private static func plain(_ text: String) -> String {
        text.replacing("%", with: "%%").replacing("\n", with: " ")
    }
}
