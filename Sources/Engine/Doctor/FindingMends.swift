/// The only place that knows which command mends a finding, on which system.
enum FindingMends {
    static func mends(for kind: Finding.Kind) -> [Mend] {
        switch kind {
        case .noModuleSupport:
            [
                say(
                    "use a virtual machine or another host whose kernel loads modules; compile for its "
                        + "kernel R and take the module there:"),
                run("taprecipe compile RECIPE … --kernel-release R -o X.ko"),
                run("sudo taprecipe run RECIPE … --module X.ko"),
            ]
        case .moduleLoadingDisabled:
            [
                run("grep -rs modules_disabled /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d"),
                say("take the setting out and reboot"),
            ]
        case .lockdown, .signatureEnforced:
            [
                say(
                    "turn off Secure Boot's validation, reboot and confirm; or boot without 'lockdown=' and "
                        + "'module.sig_enforce' on the kernel's command line:"),
                run("sudo mokutil --disable-validation"),
            ]
        case .lockdownHidden: [run("sudo cat /sys/kernel/security/lockdown")]
        case .kernelBeforeBPF, .noBPFSystemCall, .noUprobeUnit:
            [say("boot a kernel that has it, or use '--engine stap'")]
        case .kernelReadsLocked:
            [
                say(
                    "boot without 'lockdown=confidentiality' on the kernel's command line; 'integrity' is no hindrance"
                )
            ]
        case .lockedMemory: [run("sudo sh -c 'ulimit -l unlimited && exec taprecipe run RECIPE …'")]
        case .noBPFCapabilities(_, _, let container, let isBeyondRoot):
            capabilities(container, isBeyondRoot: isBeyondRoot)
        case .noPtraceCapability(let container): capabilities(container, isBeyondRoot: container != nil)
        case .mayNeedAdministrator: [run("sudo taprecipe run RECIPE …")]
        case .processNamespace:
            [say("run it on the host, or start the container with the host's processes ('--pid host')")]
        case .narrowTarget: [run("sudo taprecipe run RECIPE … --engine stap")]
        case .noKprobes, .noUprobes: [say("boot a kernel that was built with them")]
        case .debugfsNotMounted: [run("sudo mount -t debugfs none /sys/kernel/debug")]
        case .hidden: [run("sudo taprecipe doctor")]
        case .noBuildTree(let build, let system): headers(build, system)
        case .buildTreeIncomplete(let build, let system): headers(build, system, isAgain: true)
        case .buildTreeOfOtherRelease(let build, let system, _): headers(build, system, isAgain: true)
        case .noCompiler(let wanted, let system): [compiler(wanted, system)]
        case .otherCompiler(let wanted, _, let system): [compiler(wanted, system)]
        case .noMake(let system): [package(["make"], system)]
        case .noKernelDebugInfo(let release, _, let system): kernelDebugInfo(release, system)
        case .noStap(let system), .noStaprun(let system): [package(["systemtap"], system)]
        case .stapTooOld(_, let system):
            [package(["systemtap"], system), say("or build a newer one from its source")]
        case .stapVersionUnknown(let path): [run("\(quoted(path)) --version")]
        case .staprunNotSetUserID(let path):
            [run("sudo chgrp stapusr \(quoted(path)) && sudo chmod 4750 \(quoted(path))")]
        case .runtimeBroken:
            [
                say("install a SystemTap that knows this kernel, or boot an older kernel"),
                say(
                    "or compile on a machine that has one, with 'taprecipe compile', and run with '--module'"),
            ]
        case .notRoot(let missing):
            [
                run("sudo taprecipe run RECIPE …"),
                run("sudo usermod -aG \(missing.joined(separator: ",")) \"$USER\""),
            ]
        case .noModuleCapability(let container):
            [
                say(
                    container == nil
                        ? "run it from a process that has the capability"
                        : "run it on the host, or start the container with '--cap-add SYS_MODULE' and the "
                            + "host's /lib/modules")
            ]
        case .userNamespace: [say("run it on the host, as its root")]
        case .lowSpace(let path, _): [run("df -h \(quoted(path))"), say("and make room there")]
        case .lockHeld(let lock, _):
            lock.pid.map { [say("wait for it, or end it:"), run("sudo kill -INT \($0)")] }
                ?? [say("wait for it")]
        case .leftOverModule(let name): [run("sudo staprun -d \(quoted(name))")]
        case .noDebugInfo(let target, let system): debugInfo(target, system)
        case .debugInfoMismatch(let target, let system, _, _, _): debugInfo(target, system)
        case .replacedTarget(_, let pid): [say("restart the program (process \(pid)), then trace it")]
        case .guruNotAllowed(let recipe):
            [
                say("read the script, then allow it:"),
                run("taprecipe show \(quoted(recipe))"),
                run("sudo taprecipe run \(quoted(recipe)) --allow-guru …"),
            ]
        case .distrusted(_, _, let mend): mend.map { [run($0)] } ?? []
        default: []
        }
    }

    // MARK: Rights

    /// What gives a process the rights that the built-in engine needs.
    private static func capabilities(_ container: String?, isBeyondRoot: Bool) -> [Mend] {
        guard !isBeyondRoot else {
            return [
                say(
                    container == nil
                        ? "run it from a process whose bounding set has the capabilities"
                        : "run it on the host, or start the container with '--cap-add BPF --cap-add PERFMON "
                            + "--cap-add SYS_PTRACE --pid host'")
            ]
        }
        let names = "+bpf,+perfmon,+sys_ptrace"
        return [
            run("sudo taprecipe run RECIPE …"),
            say("or with these rights alone:"),
            run(
                "sudo setpriv --reuid \"$USER\" --init-groups --inh-caps \(names) --ambient-caps \(names) "
                    + "taprecipe run RECIPE …"),
        ]
    }

    // MARK: Packages

    private static func headers(_ build: BuildFacts, _ system: Distribution, isAgain: Bool = false) -> [Mend]
    {
        let release = quoted(build.release)
        var mends: [Mend] = []
        if build.isKernelInstalled || isAgain {
            let again = isAgain ? "--reinstall " : ""
            switch system.family {
            case .debian, .ubuntu: mends = [run("sudo apt-get install \(again)linux-headers-\(release)")]
            case .fedora:
                mends = [run("sudo dnf \(isAgain ? "reinstall" : "install") kernel-devel-\(release)")]
            case .other: mends = [say("install the headers of kernel \(release) with the package manager")]
            }
        } else {
            mends = [
                say(
                    "this kernel is no package of this system (there is no /boot/vmlinuz-\(build.release)): "
                        + "build its headers from its source, or use another kernel")
            ]
        }
        if let other = build.otherReleases.last {
            mends.append(say("or compile for a kernel that has a build tree here:"))
            mends.append(
                run("taprecipe compile RECIPE … --kernel-release \(quoted(other)) -o X.ko"))
        }
        return mends
    }

    private static func compiler(_ wanted: String?, _ system: Distribution) -> Mend {
        let named = wanted?.split(separator: " ").first.map(String.init) ?? "gcc"
        // `x86_64-linux-gnu-gcc-12` is in the package `gcc-12`; elsewhere versions have no packages.
        let short = named.split(separator: "-").reversed().prefix { $0 != "gnu" }.reversed()
        let name = short.joined(separator: "-")
        let isDebian = system.family == .debian || system.family == .ubuntu
        return package([isDebian ? name : name.contains("clang") ? "clang" : "gcc"], system)
    }

    private static func package(_ names: [String], _ system: Distribution) -> Mend {
        let names = names.map(quoted).joined(separator: " ")
        return switch system.family {
        case .debian, .ubuntu: run("sudo apt-get install \(names)")
        case .fedora: run("sudo dnf install \(names)")
        case .other: say("install \(names) with the package manager")
        }
    }

    private static func kernelDebugInfo(_ release: String, _ system: Distribution) -> [Mend] {
        switch system.family {
        case .debian: [run("sudo apt-get install linux-image-\(quoted(release))-dbg")]
        case .ubuntu:
            archive(system) + [run("sudo apt-get install linux-image-\(quoted(release))-dbgsym")]
        case .fedora: [run("sudo dnf debuginfo-install kernel-\(quoted(release))")]
        case .other: [say("install the debug info of kernel \(release)")]
        }
    }

    private static func debugInfo(_ target: TargetFacts, _ system: Distribution) -> [Mend] {
        switch (system.family, target.package) {
        case (.debian, "libc6"?), (.ubuntu, "libc6"?): return [run("sudo apt-get install libc6-dbg")]
        case (.debian, let package?), (.ubuntu, let package?):
            // The archive's package must be of the very build that is installed.
            let install = run(
                "sudo apt-get install \(quoted(package))-dbgsym"
                    + "=\"$(dpkg-query -W -f='${Version}' \(quoted(package)))\"")
            return (target.hasDebugArchive ? [] : archive(system)) + [install]
        case (.fedora, _): return [run("sudo dnf debuginfo-install \"$(rpm -qf \(quoted(target.path)))\"")]
        default:
            return [
                say(
                    "no package has this file: build it with '-g' and do not strip it, or keep its debug file"
                )
            ]
        }
    }

    /// The steps that add the archive of automatic debug packages.
    private static func archive(_ system: Distribution) -> [Mend] {
        let codename = system.codename ?? "$(. /etc/os-release && echo \"$VERSION_CODENAME\")"
        let line =
            system.family == .ubuntu
            ? "deb http://ddebs.ubuntu.com \(codename) main restricted universe multiverse"
            : "deb http://deb.debian.org/debian-debug \(codename)-debug main"
        let keys =
            system.family == .ubuntu ? [run("sudo apt-get install ubuntu-dbgsym-keyring")] : []
        return keys + [
            run("echo \"\(line)\" | sudo tee /etc/apt/sources.list.d/debug.list && sudo apt-get update")
        ]
    }

    // MARK: Parts

    private static func run(_ command: String) -> Mend { Mend(text: command, isCommand: true) }
    private static func say(_ instruction: String) -> Mend { Mend(text: instruction, isCommand: false) }

    /// A word as a shell takes it literally.
    static func quoted(_ word: String) -> String { StapEngine.quotedForShell(word) }
}
