/// Lays out a stack, a frame a line: `function+offset  module`.
struct StackLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle
    var maximumFrames: Int

    private static let indent = "      "

    /// The lines as they stand below a table's row.
    func lines(of stack: Stack) -> [String] { frameLines(of: stack).map { Self.indent + $0 } }

    /// The same without the indentation, which is counted in the width nevertheless.
    func frameLines(of stack: Stack) -> [String] {
        guard !stack.frames.isEmpty else { return [remark("(no stack)")] }
        var lines = stack.frames.prefix(maximumFrames).map { frame in
            fit(place(of: frame), details(of: frame))
        }
        let more = stack.frames.count - maximumFrames
        if more > 0 { lines.append(remark("\(terminal.ellipsis) and \(more) more")) }
        if !stack.isComplete { lines.append(remark("(not unwound to its end)")) }
        return lines
    }

    private func remark(_ text: String) -> String {
        style.dim(terminal.fit(text, width - Self.indent.count))
    }

    /// The function has the room first, since it says more; of the module what is left.
    private func fit(_ place: String, _ details: String) -> String {
        let room = width - Self.indent.count
        let used = TerminalText.width(place)
        guard !details.isEmpty, used + 2 + 4 <= room else { return terminal.fit(place, room) }
        return place + "  " + style.dim(terminal.fit(details, room - used - 2))
    }

    private func place(of frame: StackFrame) -> String {
        let offset = frame.offset.map { "+0x\(String($0, radix: 16))" } ?? ""
        if let symbol = frame.symbol { return terminal.printable(symbol) + offset }
        if let module = frame.moduleName { return terminal.printable(module) + offset }
        return frame.address.map { "0x\(String($0, radix: 16))" } ?? "?"
    }

    private func details(of frame: StackFrame) -> String {
        var parts: [String] = []
        if frame.symbol != nil, let module = frame.moduleName { parts.append(terminal.printable(module)) }
        if let source = frame.source { parts.append(terminal.printable(source)) }
        if frame.isInexact { parts.append("(inexact)") }
        return parts.joined(separator: "  ")
    }
}
