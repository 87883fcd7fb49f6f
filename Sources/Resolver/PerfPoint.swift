import DebugInfo
import StapLanguage

/// `perf.…`: stapprobes(3stap), PERF EVENTS; and the names that the tapset's perf.stp gives to some of them.
struct PerfPoint {
    private let point: ProbePoint

    /// The tapset's names, in the order of linux/perf_event.h (`PERF_COUNT_HW_…` and `PERF_COUNT_SW_…`).
    private static let names: [String: (type: Int64, configs: [String])] = [
        "hw": (
            0,
            [
                "cpu_cycles", "instructions", "cache_references", "cache_misses", "branch_instructions",
                "branch_misses", "bus_cycles", "stalled_cycles_frontend", "stalled_cycles_backend",
                "ref_cpu_cycles",
            ]
        ),
        "sw": (
            1,
            [
                "cpu_clock", "task_clock", "page_faults", "context_switches", "cpu_migrations",
                "page_faults_min", "page_faults_maj", "alignment_faults", "emulation_faults",
            ]
        ),
    ]

    init(_ point: ProbePoint) { self.point = point }

    /// Judges a point; what only a tapset knows, and counters that other probes read, are left to stap.
    func resolve() -> KernelPoint.Result {
        if let sample = component("sample"), let period = KernelPoint.number(sample), period < 1 {
            return .failed(.outOfRange("sample", period, least: 1, greatest: .max), at: sample.range)
        }
        guard var counter else { return .unchecked(.tapset, .unknown) }
        if let period = KernelPoint.number(component("sample")) {
            counter.rate = .every(period)
        } else if let rate = KernelPoint.number(component("hz")) {
            counter.rate = .hertz(rate)
        }
        let processes: ResolvedEvent.Processes
        switch component("process") {
        case nil: processes = .all
        case let process?:
            guard let path = KernelPoint.string(process)?.text, component("counter") == nil else {
                return .unchecked(.kind("perf"), .noVariables("perf"))
            }
            processes = .program(ProgramFile.canonical(path))
        }
        guard component("counter") == nil else { return .unchecked(.kind("perf"), .noVariables("perf")) }
        return .events([.init(kind: .sample(counter, of: processes), mode: .noVariables("perf"))])
    }

    private var counter: PerformanceCounter? {
        if let type = KernelPoint.number(component("type")),
            let config = KernelPoint.number(component("config"))
        {
            return PerformanceCounter(type: type, config: config)
        }
        guard point.components.count >= 3, let (type, configs) = Self.names[point.components[1].name.text],
            let config = configs.firstIndex(of: point.components[2].name.text)
        else { return nil }
        return PerformanceCounter(type: type, config: Int64(config))
    }

    private func component(_ name: String) -> ProbePoint.Component? {
        point.components.dropFirst().first { $0.name.text == name }
    }
}
