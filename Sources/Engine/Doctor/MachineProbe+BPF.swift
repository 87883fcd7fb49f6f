extension MachineProbe {
    /// What the built-in engine finds in the kernel.
    func bpfFacts() -> BPFFacts {
        var bpf = BPFFacts()
        // The setting came with the system call's configuration, and is hidden from nobody: kernel/bpf/syscall.c.
        let setting = files.text("/proc/sys/kernel/unprivileged_bpf_disabled")
        bpf.unprivileged = setting.value
        bpf.hasSystemCall = setting.map { _ in true }
        // Documentation/ABI/testing/sysfs-bus-event_source-devices.
        bpf.hasUprobeUnit = files.text("/sys/bus/event_source/devices/uprobe/type").map { _ in true }
        bpf.hasKernelTypes = files.status("/sys/kernel/btf/vmlinux") != .absent
        bpf.lockedMemoryLimit = lockedMemoryLimit()
        // The first namespace's number is the same on every machine: PROC_PID_INIT_INO of linux/proc_ns.h.
        bpf.isInProcessNamespace =
            files.link("/proc/self/ns/pid").value.map { $0 != "pid:[4026531836]" } ?? false
        return bpf
    }

    /// `RLIMIT_MEMLOCK` of this process, in bytes: proc(5), limits.
    private func lockedMemoryLimit() -> UInt64? {
        let name = "Max locked memory"
        return (files.text("/proc/self/limits").value ?? "").split(separator: "\n")
            .first { $0.hasPrefix(name) }?
            .dropFirst(name.count).split(separator: " ").first.flatMap { UInt64($0) }
    }
}
