import DebugInfo
import Diagnostics
import Resolver
import StapLanguage

/// Asks of a binary everything that a script can make the command ask, and throws the answers away.
public struct BinaryExercise {
    private let path: String
    private let debugRoots: [String]
    /// The expressions that the resolver is then asked about.
    private var expressions: [(function: String, text: String)] = []

    /// Prepares to ask; separate debug files are looked for below `debugRoots`.
    public init(path: String, debugRoots: [String] = []) {
        self.path = path
        self.debugRoots = debugRoots
    }

    /// Asks.
    ///
    /// - Returns: Whether the binary was opened and its debug information too.
    public mutating func run() -> (isOpen: Bool, hasDebugInfo: Bool) {
        if let object = try? RelocatableFile(path: path) {
            for name in [".text", ".bss", ".modinfo", ".debug_info", ".note.gnu.build-id", ""] {
                _ = object.content(ofSection: name)
            }
        }
        guard let binary = try? Binary(path: path, debugRoots: debugRoots) else { return (false, false) }
        askForSymbols(binary)
        askForSites(binary)
        var hasDebugInfo = false
        if let dwarf = try? binary.debugInfo() {
            hasDebugInfo = true
            ask(dwarf)
        }
        resolve()
        return (true, hasDebugInfo)
    }

    private func askForSymbols(_ binary: Binary) {
        _ = (binary.isStatic, binary.hasSection(".debug_info"), binary.kind, binary.allFunctionNames)
        _ = binary.loadedLibraries()
        for symbol in binary.symbols.symbols.prefix(64) {
            _ = binary.symbols.function(at: symbol.address &+ 1)
            _ = binary.symbols.symbol(named: symbol.name)
        }
    }

    private mutating func askForSites(_ binary: Binary) {
        for variant in [ProbeVariant.any, .call, .inline, .return, .exported] {
            let sites = binary.probeSites(matching: FunctionPattern(name: "*"), variant)
            _ = ProbeListing.listings(of: sites, variant)
            guard variant == .any else { continue }
            // Of a large program, some; every entry has been walked over before.
            for site in sites.prefix(300) {
                if let function = site.function {
                    _ = (function.scopes, function.ranges, function.parameterNames, function.linkageName)
                    _ = (function.isExternal, function.unit.producer, function.unit.directory)
                }
                _ = site.variableNames
                _ = site.variable(named: "no such variable")?.availability
                for variable in site.variables {
                    _ = (variable.availability, variable.isListed)
                    visit(variable.type)
                    note(variable, at: site)
                }
                visit(site.returnType)
            }
        }
        for text in ["*@*.c", "main@*:1", "*::*", "main@shapes.c:1-99", "*@*:+1"] {
            if let pattern = FunctionPattern(text) { _ = binary.probeSites(matching: pattern) }
        }
    }

    private func ask(_ dwarf: DWARF) {
        _ = dwarf.lacksSupplementaryFile
        for name in dwarf.typeNames.prefix(100) { visit(dwarf.type(named: name)) }
        for unit in dwarf.units { _ = (unit.name, unit.sourceFiles, unit.directory, unit.producer) }
        for name in dwarf.globalVariableNames().prefix(50) {
            for variable in dwarf.globalVariables(named: name) {
                _ = variable.availability
                visit(variable.type)
            }
        }
    }

    private func visit(_ type: DWARFType?, depth: Int = 0) {
        guard let type, depth < 3 else { return }
        _ = (type.cName, type.size, type.bounds, type.enumerators, type.isVariadic, type.id)
        guard let plain = type.unqualified else { return }
        _ = (plain.memberNames, plain.completed?.size, plain.parameters.map { $0?.cName })
        _ = plain.member(named: "no such member")
        for member in plain.members.prefix(8) {
            _ = (member.offset, member.bitField, member.isBaseClass)
            visit(member.type, depth: depth + 1)
        }
        visit(plain.target, depth: depth + 1)
    }

    /// Keeps a chain of members that begins at a variable, for the resolver.
    private mutating func note(_ variable: Variable, at site: ProbeSite) {
        guard expressions.count < 24, Self.isPlain(site.name), Self.isPlain(variable.name) else { return }
        var text = "$\(variable.name)"
        var type = variable.type
        for step in 0..<4 {
            for _ in 0..<4 {
                guard let pointee = type?.unqualified, pointee.kind == .pointer else { break }
                type = pointee.target
            }
            if type?.unqualified?.kind == .array {
                text += "[\(step)]"
                type = type?.unqualified?.target
                continue
            }
            let names = type?.unqualified?.memberNames ?? []
            guard let name = names.isEmpty ? nil : names[(expressions.count + step) % names.count],
                Self.isPlain(name)
            else { break }
            text += "->\(name)"
            type = type?.unqualified?.member(named: name)?.type
        }
        expressions.append((site.name, text))
    }

    /// The parser judges text in its own tests; here it must be let through.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < 256 && !name.utf8.first!.isDigit
            && name.utf8.allSatisfy { $0.isDigit || $0 == 0x5F || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
    }

    private func resolve() {
        var text = ""
        for (function, expression) in expressions {
            text += "probe process(\"\(path)\").function(\"\(function)\") { println(\(expression)) }\n"
            text += "probe process(\"\(path)\").function(\"\(function)\").return ? "
            text += "{ println($return, $$vars, @entry(\(expression)), &\(expression), @defined($x->y)) }\n"
        }
        text += """
            probe process("\(path)").function("*") ? { x = @var("counter@*.c") y = @cast(x, "struct node", "\(path)")->next->value }
            probe process("\(path)").library("no such library").function("f") ? {}
            probe process("\(path)").statement("main@*:*") ? { println($argc) }
            probe process("\(path)").function("no_such_function").inline { println($a->b[1]->c) }
            """
        guard let tree = try? ScriptParser.parse(SourceFile(name: "fuzz.stp", text: text)) else { return }
        do throws(DiagnosticsError) {
            _ = try Resolver.resolve(tree)
        } catch {
            _ = DiagnosticRenderer().render(error.diagnostics)
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}
