import Archives

/// A script's output while it comes: compressed at once, and only so much of it that it can always be kept.
public final class RunOutput {
    /// The most bytes that are kept; `--max-output` has the same by default.
    public static let maximumSize = 64 << 20

    private let deflater = Deflater()
    private var pending: [UInt8] = []
    private var omitted = 0
    private let maximum: Int

    /// Creates an output of at most so many bytes.
    public init(maximum: Int = RunOutput.maximumSize) { self.maximum = maximum }

    /// Takes a line, without its line end; once one had no room, none has.
    public func add(_ line: [UInt8]) {
        guard omitted == 0, deflater.count + pending.count + line.count < maximum else {
            omitted += line.count + 1
            return
        }
        pending += line
        pending.append(UInt8(ascii: "\n"))
        if pending.count >= 1 << 16 { flush() }
    }

    /// Starts over.
    public func clear() {
        deflater.clear()
        pending.removeAll(keepingCapacity: true)
        omitted = 0
    }

    /// What came, and how many bytes had no room; nothing may come after it.
    func finish() -> (content: Deflated, omitted: Int) {
        flush()
        return (deflater.finish(), omitted)
    }

    private func flush() {
        deflater.add(pending)
        pending.removeAll(keepingCapacity: true)
    }
}
