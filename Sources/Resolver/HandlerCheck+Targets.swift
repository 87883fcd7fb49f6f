import DebugInfo
import Diagnostics
import StapLanguage

/// The roots of target expressions: what `$name`, `@var` and `@cast` mean at the handler's place.
extension HandlerCheck {
    /// What a root was found to be.
    private enum Root {
        /// A value of a type, at a place that has an address or not.
        case value(DWARFType?, register: String?)
        /// Something that a pointer of this type points to: `@cast`, or a typed script variable.
        case pointee(DWARFType)
        /// Found, and nothing more is known.
        case unknown
        /// A problem was reported.
        case failed
    }

    /// Checks a target expression.
    ///
    /// - Returns: The type of what its value points to, where it is a pointer or an address.
    mutating func resolve(_ target: TargetExpression, at range: SourceRange) -> DWARFType? {
        for child in target.children { check(child) }
        if case .event(let event) = mode, case .variable(let name) = target.root {
            resolve(name, target, at: range, of: event)
            return nil
        }
        let path = TypePath(steps: target.steps, isAddress: target.isAddress, range: range)
        let outcome: TypePath.Outcome
        switch root(of: target, at: range) {
        case .failed, .unknown: return nil
        case .value(let type, let register):
            if let register, target.isAddress, target.steps.isEmpty {
                report(.addressOfRegister(register), at: range)
                return nil
            }
            outcome = path.follow(from: type, isPointee: false)
        case .pointee(let type): outcome = path.follow(from: type, isPointee: true)
        }
        switch outcome {
        case .failed(let problem, let place):
            report(problem, at: place)
            return nil
        case .reached(let pointee): return pointee
        }
    }

    private mutating func root(of target: TargetExpression, at range: SourceRange) -> Root {
        switch target.root {
        case .variable(let name): variable(name, target)
        case .atVar(let name, let module): global(name, module)
        case .cast(_, let type, let module): cast(to: type, module)
        case .expression(let expression):
            if case .variable(let name) = expression.kind, let type = variableTypes[name.text] ?? nil {
                .pointee(type)
            } else {
                .unknown
            }
        }
    }

    private mutating func variable(_ name: Name, _ target: TargetExpression) -> Root {
        guard case .values(let values) = mode else { return variable(name, in: mode) }
        if checkContextValue(name, target, of: values) { return .failed }
        guard let site = values.site, let binary = values.binary else { return .failed }
        return variable(name, in: .site(site, in: binary, isReturn: false))
    }

    private mutating func variable(_ name: Name, in mode: Mode) -> Root {
        let text = name.text
        switch mode {
        case .unknown, .event, .values: return .unknown
        case .noVariables:
            report(.noVariablesHere("$\(text)"), at: name.range)
            return .failed
        case .site(let site, let binary, let isReturn):
            let place = ResolverProblem.Place(
                function: site.name, binary: binary.path, address: site.address)
            if text == "return" || text == "$return", !isReturn {
                report(.returnOutsideReturn("$\(text)"), at: name.range)
                return .failed
            }
            if text.hasPrefix("$") {
                if ["$vars", "$parms", "$locals", "$return"].contains(text) { return .unknown }
                report(.unknownContext(text), at: name.range)
                return .failed
            }
            if site.kind == .symbol {
                report(.noScope(text, place), at: name.range)
                return .failed
            }
            if text == "return" {
                if let type = site.returnType { return .value(type, register: text) }
                report(.returnOfVoid(place), at: name.range)
                return .failed
            }
            guard let found = site.variable(named: text) else {
                report(.noVariable(text, place, names: site.variableNames), at: name.range)
                return .failed
            }
            return value(of: found, place, at: name.range)
        }
    }

    private mutating func value(
        of variable: Variable, _ place: ResolverProblem.Place, at range: SourceRange
    ) -> Root {
        if variable.kind == .enumerator { return .unknown }
        switch variable.availability {
        case .available(let location):
            if location.isKnownOnlyToCallers {
                report(.onlyAtCaller(variable.name, place), at: range)
                return .failed
            }
            return .value(variable.type, register: location.hasAddress ? nil : variable.name)
        case .constant: return .value(variable.type, register: variable.name)
        case .elsewhere, .optimizedOut:
            let isAnywhere = variable.availability != .optimizedOut
            report(.unavailable(variable.name, place, isAnywhere: isAnywhere), at: range)
            return .failed
        }
    }

    /// The binary that `@var` or `@cast` looks into; nil where it is not a program's.
    private mutating func module(_ module: StringLiteral?, at range: SourceRange) -> Binary? {
        guard let module else {
            switch mode {
            case .site(_, let binary, _): return binary
            case .values(let values): return values.binary
            case .noVariables, .event, .unknown: return nil
            }
        }
        // `kernel`, `<header.h>` and lists are not programs.
        guard module.text.contains("/"), !module.text.hasPrefix("<"), !module.text.contains(":") else {
            return nil
        }
        do throws(DebugInfoError) {
            let binary = try store.binary(at: store.path(for: module.text))
            _ = try binary.debugInfo()
            return binary
        } catch {
            report(.binary(error), at: module.range)
            return nil
        }
    }

    private mutating func global(_ literal: StringLiteral, _ moduleName: StringLiteral?) -> Root {
        let parts = literal.text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let file = parts.count > 1 ? String(parts[1]) : nil
        if file == nil, moduleName == nil, case .site(let site, let binary, _) = mode,
            let found = site.variable(named: name)
        {
            let place = ResolverProblem.Place(
                function: site.name, binary: binary.path, address: site.address)
            return value(of: found, place, at: literal.range)
        }
        guard let binary = module(moduleName, at: literal.range), let dwarf = try? binary.debugInfo() else {
            return .unknown
        }
        let glob = file.map { Glob($0) }
        if let found = dwarf.globalVariables(named: name, file: glob).first {
            return .value(found.type, register: nil)
        }
        let units = dwarf.unitNames
        if let file, !units.contains(where: { FunctionPattern(name: "*", file: file).matchesFile($0) }) {
            report(.noUnit(file, binary: binary.path, names: units), at: literal.range)
        } else {
            let names = dwarf.globalVariableNames(file: glob)
            report(.noGlobal(name, file: file, binary: binary.path, names: names), at: literal.range)
        }
        return .failed
    }

    private mutating func cast(to literal: StringLiteral, _ moduleName: StringLiteral?) -> Root {
        guard let binary = module(moduleName, at: literal.range), let dwarf = try? binary.debugInfo() else {
            return .unknown
        }
        if let type = dwarf.type(named: literal.text) { return .pointee(type) }
        report(.noType(literal.text, binary: binary.path, names: dwarf.typeNames), at: literal.range)
        return .failed
    }
}

extension Location {
    /// Whether only the callers' debug information has the value: `DW_OP_entry_value` or
    /// `DW_OP_GNU_parameter_ref` (0xfa), for which stap finds no call sites in DWARF 5.
    fileprivate var isKnownOnlyToCallers: Bool { needsEntryValue || operations.contains { $0.code == 0xFA } }

    /// Whether the value lies in memory, not in a register (`DW_OP_reg0` to 31, `DW_OP_regx`) or nowhere
    /// (`DW_OP_stack_value`, `DW_OP_implicit_value`).
    fileprivate var hasAddress: Bool {
        !operations.contains { (0x50...0x6F).contains($0.code) || [0x90, 0x9F, 0x9E].contains($0.code) }
    }
}
