import Diagnostics
import StapLanguage

/// The names of a script and its tapset that every probe sees, and the functions that were met.
///
/// As in stap, a function counts from its first call on: one that nothing calls is not looked into.
final class ScriptNames {
    /// A problem and where it is.
    struct Finding {
        var problem: TypeProblem
        var range: SourceRange
    }

    let tapset: TapsetIndex?
    let globals: [String: ScriptVariable]
    /// In the order of their declarations, then the tapset's as they were met.
    private(set) var globalOrder: [ScriptVariable] = []
    private let declared: [String: [FunctionDeclaration]]
    private var tapsetGlobals: [String: ScriptVariable?] = [:]
    private var known: [String: [ScriptFunction]] = [:]
    /// Every function that is called, in the order in which they were met.
    private(set) var functions: [ScriptFunction] = []
    private(set) var findings: [Finding] = []
    /// Whether a function was called that only a tapset could have, and there is none.
    private(set) var lacksFunctions = false
    /// Functions that stap lets only gurus call, and where.
    private(set) var guruCalls: [(name: String, range: SourceRange)] = []

    init(_ tree: ScriptTree, tapset: TapsetIndex?) {
        self.tapset = tapset
        var globals: [String: ScriptVariable] = [:]
        for declaration in tree.globals where globals[declaration.name.text] == nil {
            let variable = Self.variable(declaration)
            globals[declaration.name.text] = variable
            globalOrder.append(variable)
        }
        self.globals = globals
        declared = Dictionary(grouping: tree.functions, by: \.name.text)
    }

    private static func variable(_ declaration: GlobalDeclaration) -> ScriptVariable {
        let variable = ScriptVariable(declaration.name.text, at: declaration.name.range, isGlobal: true)
        variable.wraps = declaration.wraps
        variable.isSized = declaration.size != nil
        if let value = declaration.initialValue {
            variable.hasInitialValue = true
            variable.setArity(0, at: declaration.name.range)
            if case .number = value { variable.type = .long } else { variable.type = .string }
            variable.typeRange = declaration.range
        }
        return variable
    }

    /// Whether a place is in a file of the tapset.
    func isTapset(_ range: SourceRange) -> Bool {
        tapset?.sources.contains(ObjectIdentifier(range.source)) == true
    }

    /// Takes note of a problem, unless it lies in the tapset, which is not the script's.
    func report(_ problem: TypeProblem, at range: SourceRange) {
        if isTapset(range) { return }
        findings.append(Finding(problem: problem, range: range))
    }

    func global(_ name: String, inTapset: Bool) -> ScriptVariable? {
        if !inTapset, let own = globals[name] { return own }
        guard let tapset else { return nil }
        if let known = tapsetGlobals[name] { return known }
        // A script's own local is far likelier than a tapset's global, which has two tiers to be looked for in.
        let found = tapset.global(named: name).map(Self.variable)
        if let found { globalOrder.append(found) }
        tapsetGlobals[name] = .some(found)
        return found
    }

    /// The functions that a call means.
    func functions(
        named name: Name, arguments: Int, caller: SourceFile, inTapset: Bool
    ) -> [ScriptFunction]? {
        let all = candidates(name.text, caller, inTapset: inTapset)
        let fitting = all.filter { $0.parameters.count == arguments }
        if !fitting.isEmpty {
            for function in fitting where !inTapset && function.isGuruOnly {
                guruCalls.append((name.text, name.range))
                break
            }
            return fitting.sorted { ($0.declaration.priority ?? 1) < ($1.declaration.priority ?? 1) }
        }
        if let last = all.last {
            let takes = Array(Set(all.map(\.parameters.count))).sorted()
            let place = last.isTapset ? nil : last.declaration.name.range
            report(
                .argumentCount(name.text, given: arguments, takes: takes, at: place), at: name.range)
        } else if tapset == nil {
            lacksFunctions = true
        } else {
            let known = Array(declared.keys) + (tapset?.functionNames ?? [])
            report(
                .unknownFunction(name.text, known: known, hasTapset: tapset != nil), at: name.range)
        }
        return nil
    }

    private func candidates(_ name: String, _ caller: SourceFile, inTapset: Bool) -> [ScriptFunction] {
        let key = inTapset ? "\(caller.name) \(name)" : name
        if let found = known[key] { return found }
        var found: [ScriptFunction] = []
        if !inTapset { found = (declared[name] ?? []).map { ScriptFunction($0, isTapset: false) } }
        if found.isEmpty, let tapset {
            for (declaration, file) in tapset.functions(named: name)
            where !declaration.isPrivate || file.source === caller {
                found.append(shared(declaration))
            }
        }
        known[key] = found
        return found
    }

    private var tapsetFunctions: [String: ScriptFunction] = [:]

    /// One object for a tapset's function, whoever calls it.
    private func shared(_ declaration: FunctionDeclaration) -> ScriptFunction {
        let key = "\(declaration.range.source.name) \(declaration.range.lower)"
        if let known = tapsetFunctions[key] { return known }
        let function = ScriptFunction(declaration, isTapset: true)
        tapsetFunctions[key] = function
        return function
    }

    /// Takes note that a function is called; whether it was not before.
    func meet(_ function: ScriptFunction) -> Bool {
        guard !function.isMet else { return false }
        function.isMet = true
        functions.append(function)
        return true
    }
}

extension ScriptVariable {
    /// Whether the variable may have so many indexes; it takes them if it has no number yet.
    @discardableResult
    func setArity(_ wanted: Int, at range: SourceRange) -> Bool {
        if let arity { return arity == wanted }
        arity = wanted
        arityRange = range
        indexTypes = Array(repeating: nil, count: wanted)
        indexRanges = Array(repeating: nil, count: wanted)
        return true
    }
}
