public import Diagnostics

/// Writes a tree as SystemTap: canonical text, which parses to an equal tree.
///
/// Comments, macros and conditionals do not come back, since the tree holds what preprocessing left.
public struct ScriptPrinter {
    /// The text of a tree.
    public static func text(of tree: ScriptTree) -> [UInt8] {
        var printer = ScriptPrinter()
        for (index, item) in tree.items.enumerated() {
            if index > 0 { printer.write("\n") }
            printer.item(item)
        }
        return printer.output
    }

    /// The text of one expression.
    public static func text(of expression: Expression) -> String {
        var printer = ScriptPrinter()
        printer.expression(expression)
        return String(decoding: printer.output, as: UTF8.self)
    }

    /// The tree's text as a source, ready to be parsed again.
    public static func source(of tree: ScriptTree, name: String) -> SourceFile {
        SourceFile(name: name, bytes: text(of: tree))
    }

    var output: [UInt8] = []
    var indentation = 0

    mutating func write(_ text: String) { output += Array(text.utf8) }

    mutating func newLine() { write("\n" + String(repeating: "    ", count: indentation)) }

    /// Writes the parts with commas between them.
    mutating func list<Element>(_ elements: [Element], _ part: (inout ScriptPrinter, Element) -> Void) {
        for (index, element) in elements.enumerated() {
            if index > 0 { write(", ") }
            part(&self, element)
        }
    }

    // MARK: - The outermost level

    private mutating func item(_ item: ScriptTree.Item) {
        switch item {
        case .probe(let probe):
            write("probe ")
            list(probe.points) { $0.point($1) }
            write(" ")
            statement(probe.body)
            write("\n")
        case .alias(let alias): self.alias(alias)
        case .function(let function): self.function(function)
        case .global(let global): self.global(global)
        case .embeddedC(let code):
            embeddedC(code)
            write("\n")
        }
    }

    private mutating func alias(_ alias: ProbeAlias) {
        write("probe ")
        for (index, name) in alias.names.enumerated() {
            point(name)
            write(index == alias.names.count - 1 ? " \(alias.style.rawValue) " : " = ")
        }
        list(alias.points) { $0.point($1) }
        write(" ")
        statement(alias.body)
        if let epilogue = alias.epilogue {
            write(", ")
            statement(epilogue)
        }
        write("\n")
    }

    private mutating func function(_ function: FunctionDeclaration) {
        write("\(function.isPrivate ? "private " : "")function \(function.name.text)")
        if let type = function.resultType { write(":\(type.rawValue)") }
        write("(")
        list(function.parameters) { printer, parameter in
            printer.write(parameter.name.text + (parameter.type.map { ":\($0.rawValue)" } ?? ""))
        }
        write(")")
        if let priority = function.priority { write(":\(priority)") }
        write(" ")
        switch function.body {
        case .block(let block): statement(block)
        case .embeddedC(let code): embeddedC(code)
        }
        write("\n")
    }

    private mutating func global(_ global: GlobalDeclaration) {
        write("\(global.isPrivate ? "private " : "")global \(global.name.text)\(global.wraps ? "%" : "")")
        if let size = global.size { write("[\(size)]") }
        switch global.initialValue {
        case .number(let value): write(" = \(value)")
        case .string(let value):
            write(" = ")
            string(value)
        case nil: break
        }
        write("\n")
    }

    private mutating func point(_ point: ProbePoint) {
        for (index, component) in point.components.enumerated() {
            write((index > 0 ? "." : "") + component.name.text)
            switch component.argument {
            case .number(let value): write("(\(value))")
            case .string(let value):
                write("(")
                string(value)
                write(")")
            case nil: break
            }
        }
        if let suffix = point.suffix { write(suffix.rawValue) }
        if let condition = point.condition {
            write(" if (")
            expression(condition)
            write(")")
        }
    }

    // MARK: - Literals

    mutating func embeddedC(_ code: EmbeddedC) { output += Array("%{".utf8) + code.code + Array("%}".utf8) }

    /// A string literal; bytes that are not printable ASCII are written as three octal digits, so that no
    /// digit behind them can join in.
    mutating func string(_ literal: StringLiteral) {
        output.append(UInt8(ascii: "\""))
        for byte in literal.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): write("\\n")
            case UInt8(ascii: "\t"): write("\\t")
            case 0x20..<0x7F: output.append(byte)
            default:
                let zero = UInt8(ascii: "0")
                output += [UInt8(ascii: "\\"), zero + byte >> 6, zero + byte >> 3 & 7, zero + byte & 7]
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
