/// Renders a summary's stacks folded, as FlameGraph's `flamegraph.pl` reads them: a line a stack, the outermost
/// function first, `;` between functions, then what it weighs.
///
/// Where there are several profiles, whose weights may not be comparable, the profile's title is the outermost.
public struct FoldedRenderer: Sendable {
    /// Creates a renderer.
    public init() {}

    /// The text, sorted; empty where there is no stack.
    public func render(_ summary: Summary) -> String { render(summary, under: []) }

    /// The stacks of all steps of a runbook, each step the outermost of its own.
    func render(_ report: BatchReport) -> String {
        report.summaries.map { render($0.summary, under: [Self.name($0.step)]) }.joined()
    }

    private func render(_ summary: Summary, under root: [String]) -> String {
        // Frames are named once, not once for every stack that they are part of.
        let names = summary.frames.map { ";" + Self.name($0.name) }
        var text: [UInt8] = []
        for profile in summary.profiles {
            let heads = root + (summary.profiles.count > 1 ? [Self.name(profile.title)] : [])
            let head = heads.map { ";" + $0 }.joined()
            var stacks = profile.samples.map { sample in
                var path = sample.isComplete ? head : head + Self.missingEnd
                path.reserveCapacity(
                    sample.frames.reduce(path.utf8.count) { $0 + names[Int($1)].utf8.count })
                for frame in sample.frames.reversed() { path += names[Int(frame)] }
                return (path: path, weight: sample.weight)
            }
            if profile.weightWithoutStack > 0 {
                stacks.append((head + Self.missingStack, profile.weightWithoutStack))
            }
            stacks.sort { $0.path < $1.path }
            // Stacks through other places of the same functions are one line.
            for place in stacks.indices {
                let (path, weight) = stacks[place]
                if place + 1 < stacks.count, stacks[place + 1].path == path {
                    stacks[place + 1].weight += weight
                } else {
                    text += path.utf8.dropFirst()
                    text += " \(weight)\n".utf8
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let missingEnd = ";" + name(StackFrame.missingEnd.name)
    private static let missingStack = ";" + name(StackFrame.missingStack.name)

    /// One stack's line without its weight.
    static func line(of stack: Stack) -> String {
        let frames = (stack.isComplete ? [] : [.missingEnd]) + stack.frames.reversed()
        return frames.map { name($0.name) }.joined(separator: ";")
    }

    /// A name without what separates names.
    private static func name(_ name: String) -> String {
        TerminalText(isUnicode: true).printable(name).replacing(";", with: ":")
    }
}
