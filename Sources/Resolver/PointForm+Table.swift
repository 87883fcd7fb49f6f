/// The probe points that stap 4.8's translator knows by itself (stapprobes(3stap)).
///
/// Left out on purpose: `process.insn`, which needs utrace.
extension PointForm {
    /// The first components of the tapsets that come with SystemTap: what they lead to is not known here.
    static let tapsetNames = [
        "__dw_syscall", "__nd1_syscall", "__nd2_syscall", "__nd_syscall", "__nfs", "__nfsd", "__scheduler",
        "__signal", "__syscall", "__tcpmib", "__tp_syscall", "__vfs", "__vm", "_linuxmib",
        "_nfs", "_signal", "_sunrpc", "_vfs", "dw_kprocess", "dw_syscall", "generic",
        "init", "input", "ioblock", "ioblock_trace", "ioscheduler", "ioscheduler_trace", "ipmib",
        "irq_handler", "json_data", "kprocess", "linuxmib", "nd1_syscall", "nd2_syscall", "nd_syscall",
        "netdev", "nfs", "nfsd", "oneshot", "prometheus", "python", "scheduler",
        "scsi", "signal", "socket", "softirq", "stap", "stapio", "staprun",
        "sunrpc", "syscall", "syscall_any", "tcp", "tcpmib", "tp_kprocess", "tp_syscall",
        "tty", "udp", "vfs", "vm", "workqueue",
    ]

    /// The whole table as a tree.
    static let table: [PointForm] = tree(
        lines.map { line in line.utf8.split(separator: UInt8(ascii: ".")).map { String(Substring($0)) }[...] }
    )

    /// One point a line: `N` stands for a number, `S` for a string, `…` for what a tapset adds.
    private static let lines: [String] = {
        var lines = ["begin", "begin(N)", "end", "end(N)", "error", "error(N)", "never"]
        for unit in ["s", "sec", "ms", "msec", "us", "usec", "ns", "nsec", "jiffies"] {
            lines += ["timer.\(unit)(N)", "timer.\(unit)(N).randomize(N)"]
        }
        for program in ["process", "process(S)", "process(N)"] {
            lines += ["begin", "end", "thread.begin", "thread.end", "syscall", "syscall.return"].map {
                "\(program).\($0)"
            }
            lines += programPlaces(program)
        }
        // Libraries are not known of a process that is named by its id.
        for program in ["process", "process(S)"] { lines += programPlaces("\(program).library(S)") }
        // `timer.profile` is a tapset's, but as simple as these.
        lines += ["timer.hz(N)", "timer.profile", "timer.profile.tick", "timer.profile.freq.hz(N)"]
        for root in ["kernel", "module(S)"] {
            for function in ["\(root).function(S)", "\(root).function(N)"] {
                lines += returning(function)
                lines += ["call", "exported", "inline"].map { "\(function).\($0)" }
            }
            lines += insides(root) + returning("\(root).function(S).callee(S)")
        }
        lines += [
            "kernel.statement(N).absolute", "kernel.trace(S)", "kernel.mark(S)", "kernel.mark(S).format(S)",
        ]
        for data in ["kernel.data(S)", "kernel.data(N)", "kernel.data(N).length(N)"] {
            lines += ["\(data).write", "\(data).rw"]
        }
        for function in ["kprobe.function(S)", "kprobe.module(S).function(S)"] {
            lines += returning(function) + ["\(function).call"]
        }
        lines += ["kprobe.statement(N).absolute"]
        for rate in ["", ".sample(N)", ".hz(N)"] {
            for process in ["", ".process", ".process(S)"] {
                lines += ["", ".counter(S)"].map { "perf.type(N).config(N)\(rate)\(process)\($0)" }
            }
        }
        lines += ["perf.hw.…", "perf.sw.…", "perf.hw_cache.…"]
        for file in ["procfs", "procfs(S)", "procfs.umask(N)", "procfs(S).umask(N)"] {
            lines += ["read", "read.maxsize(N)", "write"].map { "\(file).\($0)" }
        }
        for hook in ["netfilter.hook(S).pf(S)", "netfilter.pf(S).hook(S)"] {
            lines += [hook, "\(hook).priority(S)"]
        }
        lines += ["arp", "bridge", "ip", "ipv4", "ipv6"].map { "netfilter.\($0).…" }
        for method in ["java(S).class(S).method(S)", "java(N).class(S).method(S)"] {
            lines += [method, "\(method).return"]
        }
        for function in ["python2.module(S).function(S)", "python3.module(S).function(S)"] {
            lines += [function, "\(function).call", "\(function).return"]
        }
        return lines
    }()

    /// What programs and libraries have besides their events.
    private static func programPlaces(_ root: String) -> [String] {
        let calls = ["function(S)", "function(N)"].flatMap { function in
            ["", ".call", ".exported", ".return"].map { "\(root).\(function)\($0)" }
        }
        let callee = "\(root).function(S).callee(S)"
        let tables = ["plt", "plt.return", "plt(S)", "plt(S).return", "mark(S)", "provider(S).mark(S)"]
        return calls + ["\(root).function(S).inline"] + insides(root) + [callee, "\(callee).return"]
            + tables.map { "\(root).\($0)" }
    }

    /// What lies inside of functions, of programs and of the kernel alike.
    private static func insides(_ root: String) -> [String] {
        ["label(S)", "callee(S).call", "callees", "callees(N)"].map { "\(root).function(S).\($0)" }
            + ["statement(S)", "statement(N)"].flatMap { statement in
                ["", ".nearest"].map { "\(root).\(statement)\($0)" }
            }
    }

    private static func returning(_ point: String) -> [String] {
        [point, "\(point).return", "\(point).return.maxactive(N)"]
    }

    /// Puts points with the same beginnings together, in the order of their first lines.
    private static func tree(_ paths: [ArraySlice<String>]) -> [PointForm] {
        // Every check needs the table once: a search among the few branches is faster than a dictionary of them.
        var branches: [(text: String, rests: [ArraySlice<String>])] = []
        for path in paths {
            guard let first = path.first else { continue }
            let index = branches.lastIndex { $0.text == first } ?? branches.endIndex
            if index == branches.endIndex { branches.append((first, [])) }
            branches[index].rests.append(path.dropFirst())
        }
        return branches.map { text, rests in
            let name = String(Substring(text.utf8.prefix { $0 != UInt8(ascii: "(") }))
            let argument: Argument = text.hasSuffix("(N)") ? .number : text.hasSuffix("(S)") ? .string : .none
            return PointForm(
                name, argument, isWhole: rests.contains { $0.isEmpty }, isOpen: rests.contains(["…"]),
                tree(rests.filter { $0 != ["…"] }))
        }
    }
}
