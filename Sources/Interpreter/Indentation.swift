/// `thread_indent` and its kin: how deep each thread is, and since when (indent.stp).
struct Indentation {
    /// The index of `indent()`, which knows no threads.
    static let common: Int64 = -1

    private var depths: [Int64: Int64] = [:]
    private var starts: [Int64: Int64] = [:]

    /// The depth before it falls or after it rises, from 0.
    mutating func depth(_ index: Int64, _ delta: Int64, mapEntries: Int) throws(RuntimeError) -> Int64 {
        if depths[index] == nil, depths.count >= mapEntries { throw .arrayOverflow(size: nil) }
        let old = depths[index] ?? 0
        depths[index] = old &+ delta
        let depth = old &+ max(delta, 0)
        return depth > 0 ? depth - 1 : 0
    }

    /// `     0 name(1234):` and blanks: microseconds since the outermost call, then the depth.
    mutating func text(
        _ index: Int64, _ delta: Int64, now: Int64, description: [UInt8], limits: RuntimeLimits
    ) throws(RuntimeError) -> [UInt8] {
        if depths[index] ?? 0 == 0 { starts[index] = now }
        let start = starts[index] ?? 0
        let depth = try depth(index, delta, mapEntries: limits.mapEntries)
        let elapsed = Array(String(now &- start).utf8)
        var text = Array(repeating: UInt8(ascii: " "), count: max(0, 6 - elapsed.count)) + elapsed
        text.append(UInt8(ascii: " "))
        text += description
        text.append(UInt8(ascii: ":"))
        text += Array(
            repeating: UInt8(ascii: " "), count: Int(depth.clamped(to: 0...Int64(limits.stringLength))))
        return Array(text.prefix(limits.longestString))
    }
}
