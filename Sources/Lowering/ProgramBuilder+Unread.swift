import Diagnostics
import StapLanguage

extension ProgramBuilder {
    /// Adds the end probes by which stap prints what a script counts and never reads (`add_global_var_display` in its
    /// elaborate.cxx).
    func addDisplays() {
        for index in program.unreadGlobals {
            let global = program.globals[index]
            let source = SourceFile(name: "<end>", bytes: Array("probe end { \(global.display) }".utf8))
            guard let body = try? ScriptParser.parse(source).probes.first?.body else { continue }
            let types = ScopeTypes()
            if case .array(let keys, let element) = global.shape {
                for (number, type) in keys.enumerated() { types.locals["__idx\(number)"] = type }
                if case .value(let type) = element { types.locals["__val"] = type }
            }
            let site = Site(handler: -1, loads: [], isReturn: false)
            let scope = ScopeLowering(self, types: types, site: site, definitions: [])
            program.handlers.append(scope.handler([body], condition: nil, at: body.range))
            program.probes.append(
                ProbeBinding(
                    event: .end(order: 0), handler: program.handlers.count - 1, text: "end", function: "",
                    range: global.range))
        }
    }
}

extension GlobalVariable {
    /// The statement that prints it.
    fileprivate var display: String {
        func extractors(_ operand: String) -> (format: String, arguments: String) {
            let names = ["count", "min", "max", "sum", "avg"]
            return (
                names.map { " @\($0)=%#d" }.joined(),
                names.map { "@\($0)(\(operand))" }.joined(separator: ", ")
            )
        }
        func quoted(_ type: ValueType) -> String { type == .text ? #"\"%#s\""# : "%d" }
        switch shape {
        case .scalar(let type): return #"printf("\#(name)=\#(quoted(type))\n", \#(name))"#
        case .statistic:
            let (format, arguments) = extractors(name)
            return #"if (@count(\#(name)) == 0) printf("\#(name) @count=0x0\n") "#
                + #"else printf("\#(name)\#(format)\n", \#(arguments))"#
        case .array(let keys, let element):
            let indexes = keys.indices.map { "__idx\($0)" }.joined(separator: ", ")
            let shown = keys.map { $0 == .text ? quoted($0) : "%#d" }.joined(separator: ",")
            switch element {
            case .value(let type):
                return "foreach (__val = [\(indexes)] in \(name)-) "
                    + #"printf("\#(name)[\#(shown)]=\#(quoted(type))\n", \#(indexes), __val)"#
            case .statistic:
                let (format, arguments) = extractors("\(name)[\(indexes)]")
                return "foreach ([\(indexes)] in \(name)-) "
                    + #"printf("\#(name)[\#(shown)]\#(format)\n", \#(indexes), \#(arguments))"#
            }
        }
    }
}
