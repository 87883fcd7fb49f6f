import DebugInfo
import Diagnostics
import StapLanguage

/// The roots of target expressions: what `$name`, `@var` and `@cast` mean at the handler's place.
extension HandlerCheck {
    /// What a root was found to be.
    private enum Root {
        /// A value of a type, at a place that has an address or not.
        case value(DWARFType?, TypedLoad.Start, register: String?)
        /// Something that a pointer of this type points to: `@cast`, or a typed script variable; the pointer.
        case pointee(DWARFType, SourceRange)
        /// A variable of a type that has no value here, why, and where the script names it.
        case unavailable(DWARFType?, ResolverProblem, SourceRange)
        /// The text of `$$vars` and its kin.
        case context([TextPiece])
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
        if target.isAddress, target.isText {
            report(.addressOfText(range.text), at: range)
            return nil
        }
        let path = TypePath(steps: target.steps, isAddress: target.isAddress, range: range)
        let outcome: TypePath.Outcome
        let start: TypedLoad.Start
        switch root(of: target, at: range) {
        case .failed, .unknown: return nil
        case .context(let pieces):
            take(
                TypedLoad(
                    start: .constant(0), steps: [], value: .text(pieces), typeName: "string", range: range))
            return nil
        case .value(let type, let place, let register):
            start = place
            if let register, target.isAddress, target.steps.isEmpty {
                report(.addressOfRegister(register), at: range)
                return nil
            }
            outcome = path.follow(from: type, at: start, isPointee: false)
        case .unavailable(let type, let problem, let place):
            guard target.isText else {
                report(problem, at: place)
                return nil
            }
            // stap writes a question mark for it, so only the way has to be right.
            if case .failed(let problem, let place) = path.follow(
                from: type, at: .constant(0), isPointee: false)
            {
                report(problem, at: place)
            }
            take(
                TypedLoad(
                    start: .constant(0), steps: [], value: .text([.literal("?")]), typeName: "string",
                    range: range))
            return nil
        case .pointee(let type, let pointer):
            start = .pointer(pointer)
            outcome = path.follow(from: type, at: start, isPointee: true)
        }
        switch outcome {
        case .failed(let problem, let place):
            report(problem, at: place)
            return nil
        case .reached(let pointee, let way):
            take(
                TypedLoad(
                    start: start, steps: way.steps, value: way.value, typeName: way.typeName, range: range))
            return pointee
        }
    }

    private mutating func root(of target: TargetExpression, at range: SourceRange) -> Root {
        switch target.root {
        case .variable(let name): variable(name, target, at: range)
        case .atVar(let name, let module): global(name, module, at: range)
        case .cast(let operand, let type, let module): cast(operand, to: type, module, at: range)
        case .expression(let expression): pointer(expression, at: range)
        }
    }

    /// What a script's own value points to, by where it came from.
    private mutating func pointer(_ expression: Expression, at range: SourceRange) -> Root {
        var type: PointerType?
        switch expression.kind {
        case .variable(let name): type = variableTypes[name.text]
        case .call: return .unknown
        case .target, .ternary: type = pointerType(of: expression)
        default: break
        }
        switch type {
        case .pointee(let type)?: return .pointee(type, expression.range)
        case .opaque?: return .unknown
        case .conflicting?, nil:
            if isCollecting { return .unknown }
            if case .unknown = mode { return .unknown }
            report(.unknownPointer(expression.range.text), at: range)
            return .failed
        }
    }

    private mutating func variable(
        _ name: Name, _ target: TargetExpression, at range: SourceRange
    ) -> Root {
        guard case .variables(let variables) = mode else {
            return variable(name, target, in: mode, at: range)
        }
        if check(name, target, at: range, of: variables) { return .unknown }
        guard let site = variables.site, let binary = variables.binary else { return .failed }
        return variable(name, target, in: .site(site, in: binary, isReturn: false), at: range)
    }

    private mutating func variable(
        _ name: Name, _ target: TargetExpression, in mode: Mode, at range: SourceRange
    ) -> Root {
        let text = name.text
        switch mode {
        case .unknown, .variables: return .unknown
        case .noVariables:
            report(.noVariablesHere("$\(text)"), at: name.range)
            return .failed
        case .site(let site, let binary, let isReturn):
            let place = ResolverProblem.Place(
                function: site.name, binary: binary.path, address: site.variablesAddress)
            if text == "return" || text == "$return", !isReturn {
                report(.returnOutsideReturn("$\(text)"), at: name.range)
                return .failed
            }
            if text.hasPrefix("$") {
                if ["$vars", "$parms", "$locals", "$return"].contains(text) {
                    return .context(
                        Self.context(text, depth: target.depth, site, in: binary, at: range))
                }
                report(.unknownContext(text), at: name.range)
                return .failed
            }
            if site.kind == .symbol {
                let split = binary.splitDebugFile(ofFunctions: Glob(site.name))
                report(.noScope(text, place, split: split), at: name.range)
                return .failed
            }
            if text == "return" {
                if let type = site.returnType { return .value(type, .returnValue, register: text) }
                report(.returnOfVoid(place), at: name.range)
                return .failed
            }
            guard let found = site.variable(named: text) else {
                report(.noVariable(text, place, names: site.variableNames), at: name.range)
                return .failed
            }
            return value(of: found, site, place, at: name.range)
        }
    }

    private mutating func value(
        of variable: Variable, _ site: ProbeSite, _ place: ResolverProblem.Place, at range: SourceRange
    ) -> Root {
        if variable.kind == .enumerator {
            guard case .constant(let value) = variable.availability else { return .unknown }
            return .value(variable.type, .constant(value ?? 0), register: nil)
        }
        switch variable.availability {
        case .available(let location):
            if location.isKnownOnlyToCallers {
                let remedy = ResolverProblem.Remedy(argument: argument(variable, at: site))
                return .unavailable(variable.type, .onlyAtCaller(variable.name, place, remedy), range)
            }
            return .value(
                variable.type, .location(site.withoutFrame(location) ?? location),
                register: location.hasAddress ? nil : variable.name)
        case .constant(let value):
            return .value(variable.type, .constant(value ?? 0), register: variable.name)
        case .elsewhere(let ranges):
            let remedy = ResolverProblem.Remedy(
                lines: site.lines(in: ranges), argument: argument(variable, at: site))
            return .unavailable(
                variable.type, .unavailable(variable.name, place, isAnywhere: true, remedy), range)
        case .optimizedOut:
            let remedy = ResolverProblem.Remedy(argument: argument(variable, at: site))
            return .unavailable(
                variable.type, .unavailable(variable.name, place, isAnywhere: false, remedy), range)
        }
    }

    private func argument(_ variable: Variable, at site: ProbeSite) -> Int? {
        variable.kind == .parameter ? site.argumentNumber(of: variable.name) : nil
    }

    /// What `@var` or `@cast` looks into.
    private enum Module {
        case programs([Binary])
        /// The kernel, or headers that only a compiler can read.
        case unchecked
        /// A problem was reported.
        case failed
    }

    private mutating func module(
        _ module: StringLiteral?, at range: SourceRange, of expression: SourceRange
    ) -> Module {
        guard let module else {
            switch mode {
            case .site(_, let binary, _): return .programs([binary])
            case .variables(let variables): return variables.binary.map { .programs([$0]) } ?? .unchecked
            case .unknown: return .unchecked
            case .noVariables:
                report(.moduleNeeded, at: range)
                return .failed
            }
        }
        var programs: [Binary] = []
        var failure: ProcessPoint.Failure?
        for name in module.text.split(separator: ":").map(String.init) {
            if name.contains("<") {
                pass(over: expression, .headers)
                return .unchecked
            }
            do throws(ProcessPoint.Failure) {
                if name.contains("/") {
                    programs.append(try program(name, at: module.range))
                } else if let kernel {
                    programs.append(try KernelFunctionPoint.binary(name, kernel, at: module.range))
                } else {
                    pass(over: expression, .kernelUnknown)
                    return .unchecked
                }
            } catch {
                failure = failure ?? error
            }
        }
        if programs.isEmpty, let failure {
            report(failure.problem, at: failure.range)
            return .failed
        }
        return .programs(programs)
    }

    /// A program whose debug information is there.
    private func program(_ name: String, at range: SourceRange) throws(ProcessPoint.Failure) -> Binary {
        do throws(DebugInfoError) {
            let binary = try store.binary(at: store.path(for: name))
            _ = try binary.debugInfo()
            return binary
        } catch {
            throw .init(problem: .binary(error), range: range)
        }
    }

    private mutating func global(
        _ literal: StringLiteral, _ moduleName: StringLiteral?, at range: SourceRange
    ) -> Root {
        let parts = literal.text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let file = parts.count > 1 ? String(parts[1]) : nil
        if file == nil, moduleName == nil, case .site(let site, let binary, _) = mode,
            let found = site.variable(named: name)
        {
            let place = ResolverProblem.Place(
                function: site.name, binary: binary.path, address: site.address)
            return value(of: found, site, place, at: literal.range)
        }
        let programs: [Binary]
        switch module(moduleName, at: literal.range, of: range) {
        case .programs(let found): programs = found
        case .unchecked: return .unknown
        case .failed: return .failed
        }
        let glob = file.map { Glob($0) }
        for program in programs {
            guard let found = try? program.debugInfo().globalVariables(named: name, file: glob).first else {
                continue
            }
            guard case .available(let location) = found.availability else { return .unknown }
            return .value(found.type, .fixed(location, binary: program.path), register: nil)
        }
        guard let binary = programs.first, let dwarf = try? binary.debugInfo() else { return .unknown }
        let units = dwarf.unitNames
        if let file, let glob, !units.contains(where: { DWARF.isUnit($0, of: glob) }) {
            report(.noUnit(file, binary: binary.path, names: units), at: literal.range)
        } else {
            let names = dwarf.globalVariableNames(file: glob)
            report(.noGlobal(name, file: file, binary: binary.path, names: names), at: literal.range)
        }
        return .failed
    }

    private mutating func cast(
        _ operand: Expression, to literal: StringLiteral, _ moduleName: StringLiteral?, at range: SourceRange
    ) -> Root {
        let programs: [Binary]
        switch module(moduleName, at: literal.range, of: range) {
        case .programs(let found): programs = found
        case .unchecked: return .unknown
        case .failed: return .failed
        }
        for case let dwarf? in programs.map({ try? $0.debugInfo() }) {
            if let type = dwarf.type(named: literal.text) { return .pointee(type, operand.range) }
        }
        guard let binary = programs.first, let dwarf = try? binary.debugInfo() else { return .unknown }
        report(.noType(literal.text, binary: binary.path, names: dwarf.typeNames), at: literal.range)
        return .failed
    }
}

extension TargetExpression {
    /// How deep a text shows what is inside: 1 for `$`, 2 for `$$`; nil where neither is written.
    var depth: Int? { if case .prettyPrint(let depth)? = steps.last?.kind { depth } else { nil } }
}

extension Location {
    /// Whether only the callers' debug information has the value: `DW_OP_entry_value` or
    /// `DW_OP_GNU_parameter_ref` (0xfa), for which stap finds no call sites in DWARF 5.
    var isKnownOnlyToCallers: Bool { needsEntryValue || operations.contains { $0.code == 0xFA } }

    /// Whether the value lies in memory, not in a register (`DW_OP_reg0` to 31, `DW_OP_regx`) or nowhere
    /// (`DW_OP_stack_value`, `DW_OP_implicit_value`).
    fileprivate var hasAddress: Bool {
        !operations.contains { (0x50...0x6F).contains($0.code) || [0x90, 0x9F, 0x9E].contains($0.code) }
    }
}
