/// Durations and sizes as people write them.
enum Quantity {
    /// `350 ms`, `12.3 s`, `60 s`, `1 m 40 s`, `2 h 5 m`.
    static func duration(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        guard seconds >= 0, milliseconds >= 0 else { return "-" + Self.duration(.zero - duration) }
        if seconds == 0 { return milliseconds == 0 && attoseconds > 0 ? "under 1 ms" : "\(milliseconds) ms" }
        if seconds < 60 { return "\(seconds)\(milliseconds >= 100 ? ".\(milliseconds / 100)" : "") s" }
        if seconds == 60 { return "60 s" }
        if seconds < 3600 { return "\(seconds / 60) m" + (seconds % 60 > 0 ? " \(seconds % 60) s" : "") }
        let minutes = seconds % 3600 / 60
        return "\(seconds / 3600) h" + (minutes > 0 ? " \(minutes) m" : "")
    }

    /// `512 B`, `64 KiB`, `1.5 MiB`.
    static func size(_ bytes: UInt64) -> String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var unit = 0
        var scale: UInt64 = 1024
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while unit < 5, bytes / scale >= 1024 {
            scale *= 1024
            unit += 1
        }
        let tenths = bytes % scale / (scale / 1024) * 10 / 1024
        return "\(bytes / scale)\(tenths > 0 ? ".\(tenths)" : "") \(units[unit])"
    }

    /// A mean with at most two decimals.
    static func mean(_ value: Double) -> String {
        guard value.magnitude < 1e15 else { return "\(value)" }
        let hundredths = Int64((value.magnitude * 100).rounded())
        let sign = value < 0 && hundredths > 0 ? "-" : ""
        let fraction = hundredths % 100
        if fraction == 0 { return "\(sign)\(hundredths / 100)" }
        let decimals =
            fraction % 10 == 0 ? "\(fraction / 10)" : (fraction < 10 ? "0\(fraction)" : "\(fraction)")
        return "\(sign)\(hundredths / 100).\(decimals)"
    }

    /// A number that is not negative with so many decimals, at most 6.
    static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = (0..<decimals).reduce(Int64(1)) { scale, _ in scale * 10 }
        let units = Int64((value * Double(scale)).rounded())
        let fraction = String(units % scale)
        let zeros = String(repeating: "0", count: max(decimals - fraction.count, 0))
        return decimals == 0 ? "\(units)" : "\(units / scale).\(zeros)\(fraction)"
    }
}
