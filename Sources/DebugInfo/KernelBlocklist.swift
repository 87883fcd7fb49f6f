import CElfutils

/// The functions of the kernel that stap 4.8 does not probe outside guru mode, because a probe there may bring the
/// machine down (`dwflpp::blacklisted_p`; stap prints the lists with `-vvv`).
public struct KernelBlocklist {
    /// Sections that the kernel frees once it is up.
    private static let sections = [
        "init", "exit", "devinit", "devexit", "cpuinit", "cpuexit", "meminit", "memexit",
    ]
    .map { ".\($0)." }

    private static let files = [
        "kernel/kprobes.c", "arch/*/kernel/kprobes.c", "*/include/asm/io.h", "*/include/asm/io-defs.h",
        "*/include/asm/io_64.h", "*/include/asm/bitops.h", "drivers/ide/ide-iops.c",
        "arch/*/kernel/paravirt.c", "*/include/asm/paravirt.h", "fs/seq_file.c",
    ].map { Glob($0) }

    private static let functions = [
        "atomic_notifier_call_chain", "default_do_nmi", "__die", "die_nmi", "do_debug",
        "do_general_protection", "do_int3", "do_IRQ", "do_page_fault", "do_sparc64_fault", "do_trap",
        "dummy_nmi_callback", "flush_icache_range", "ia64_bad_break", "ia64_do_page_fault", "ia64_fault",
        "io_check_error", "mem_parity_error", "nmi_watchdog_tick", "notifier_call_chain", "oops_begin",
        "oops_end", "program_check_exception", "single_step_exception", "sync_regs", "unhandled_fault",
        "unknown_nmi_error", "xen_[gs]et_debugreg", "xen_irq_*", "xen_*_fl_direct*", "check_events",
        "xen_adjust_exception_frame", "xen_iret*", "xen_sysret64*", "test_ti_thread_flag*",
        "inat_get_opcode_attribute", "system_call_after_swapgs", "HYPERVISOR_[gs]et_debugreg",
        "HYPERVISOR_event_channel_op", "hash_64", "hash_ptr", "native_set_pte", "*raw_*_lock*",
        "*raw_*_unlock*", "*raw_*_trylock*", "*read_lock*", "*read_unlock*", "*read_trylock*",
        "*write_lock*", "*write_unlock*", "*write_trylock*", "*write_seqlock*", "*write_sequnlock*",
        "*spin_lock*", "*spin_unlock*", "*spin_trylock*", "*spin_is_locked*", "rwsem_*lock*",
        "*mutex_*lock*", "atomic_*", "atomic64_*", "get_bh", "put_bh", "*apic*", "*APIC*", "*softirq*",
        "*IRQ*", "*_intr*", "__delay", "*kernel_text*", "get_current", "current_*", "*exception_tables*",
        "*setup_rt_frame*", "*preempt_count*", "preempt_schedule", "special_mapping_*", "*_pte_*",
    ].map { Glob($0) }

    /// Those that never come back to where a `.return` probe waits.
    private static let returns: Set = ["do_exit", "sys_exit", "sys_exit_group", "__switch_to"]

    /// Address ranges that are blocked in the kernel's own file.
    private let ranges: [Range<UInt64>]

    /// The list for the kernel's own file or a module's, whose sections are not looked at.
    public init(_ binary: Binary) {
        guard binary.kind != .kernelModule else {
            ranges = []
            return
        }
        var ranges = binary.elf.sections().compactMap { name, header, _ -> Range<UInt64>? in
            guard Self.sections.contains(where: name.hasPrefix) else { return nil }
            return Self.range(header.sh_addr, header.sh_addr &+ header.sh_size)
        }
        // What the kernel's sources mark `__kprobes`.
        let bounds = ["__kprobes_text_start", "__kprobes_text_end"].compactMap {
            binary.symbols.symbol(named: $0)?.address
        }
        if bounds.count == 2, let range = Self.range(bounds[0], bounds[1]) { ranges.append(range) }
        self.ranges = ranges
    }

    /// Whether a site may be probed.
    public func allows(_ site: ProbeSite, isReturn: Bool) -> Bool {
        !ranges.contains { $0.contains(site.address) }
            && Self.allows(site.name, in: site.function?.sourceFile ?? site.sourceFile, isReturn: isReturn)
    }

    /// Whether a function may be probed, as far as its name and the file that declares it tell.
    public static func allows(_ function: String, in file: String? = nil, isReturn: Bool) -> Bool {
        if isReturn, returns.contains(function) { return false }
        if let file, files.contains(where: { $0.matches(file) }) { return false }
        return !functions.contains { $0.matches(function) }
    }

    private static func range(_ start: UInt64, _ end: UInt64) -> Range<UInt64>? {
        start < end ? start..<end : nil
    }
}
