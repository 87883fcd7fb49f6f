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
        let names = summary.frames.map { Self.name($0.name) }
        var text = ""
        for profile in summary.profiles {
            let head = root + (summary.profiles.count > 1 ? [Self.name(profile.title)] : [])
            var weights: [String: Int128] = [:]
            for sample in profile.samples {
                let end = sample.isComplete ? [] : [Self.name(StackFrame.missingEnd.name)]
                let path = head + end + sample.frames.reversed().map { names[Int($0)] }
                weights[path.joined(separator: ";"), default: 0] += sample.weight
            }
            if profile.weightWithoutStack > 0 {
                let path = head + [Self.name(StackFrame.missingStack.name)]
                weights[path.joined(separator: ";"), default: 0] += profile.weightWithoutStack
            }
            for (path, weight) in weights.sorted(by: { $0.key < $1.key }) { text += "\(path) \(weight)\n" }
        }
        return text
    }

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
