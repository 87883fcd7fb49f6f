import DebugInfo
public import Diagnostics
public import Resolver
public import StapLanguage

extension Program {
    /// Makes a script ready to be run by an engine of ours.
    ///
    /// - Parameters:
    ///   - tree: The script.
    ///   - resolved: What was found out about it.
    /// - Throws: Everything in it that such an engine cannot run, each at its place.
    public init(_ tree: ScriptTree, _ resolved: ResolvedScript) throws(DiagnosticsError) {
        let builder = ProgramBuilder(tree)
        builder.build(resolved)
        if builder.problems.isEmpty {
            for term in builder.program.illTyped {
                builder.report(.type(term.range.text, term.type), at: term.range)
            }
        }
        guard builder.problems.isEmpty else { throw DiagnosticsError(builder.diagnostics) }
        self = builder.program
    }
}

/// Gathers a program from a script's parts.
final class ProgramBuilder {
    var program = Program()
    private(set) var problems: [(problem: LoweringProblem, range: SourceRange)] = []
    let tree: ScriptTree
    /// The script's functions by ``TypePropagation/key(_:_:)``.
    let declarations: [String: FunctionDeclaration]
    private(set) var types: TypePropagation
    private(set) var globalIndexes: [String: Int] = [:]
    /// Whether a function reads the traced program, itself or through others.
    private var readers: Set<String> = []
    private var functionIndexes: [String: Int] = [:]
    private var patternIndexes: [[UInt8]: Int] = [:]
    private var bodies: [Int: [Statement]] = [:]

    init(_ tree: ScriptTree) {
        self.tree = tree
        var declarations: [String: FunctionDeclaration] = [:]
        for function in tree.functions {
            let key = TypePropagation.key(function.name.text, function.parameters.count)
            if declarations[key] != nil { problems.append((.overload(function.name.text), function.range)) }
            declarations[key] = declarations[key] ?? function
        }
        self.declarations = declarations
        types = TypePropagation(tree, declarations)
        findReaders()
    }

    var diagnostics: [Diagnostic] {
        var told: [SourceRange] = []
        return problems.filter { problem in
            if told.contains(problem.range) { return false }
            told.append(problem.range)
            return true
        }.map { $0.problem.diagnostic(at: $0.range) }
    }

    func report(_ problem: LoweringProblem, at range: SourceRange) { problems.append((problem, range)) }

    // MARK: - What reads the traced program

    private func findReaders() {
        var calls: [String: Set<String>] = [:]
        for (key, function) in declarations {
            guard case .block(let body) = function.body else { continue }
            body.walkExpressions { expression in
                switch expression.kind {
                case .target, .entry, .defined: readers.insert(key)
                case .call(let name, let arguments):
                    calls[key, default: []].insert(TypePropagation.key(name.text, arguments.count))
                default: break
                }
                return true
            }
        }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for (key, called) in calls where !readers.contains(key) && !called.isDisjoint(with: readers) {
                readers.insert(key)
                hasChanged = true
            }
        }
    }

    // MARK: - Building

    /// A handler at a place: what runs, and how the place's values are read.
    struct Site: Equatable {
        var handler: Int
        var loads: [TypedLoad]
        var isReturn: Bool
        /// Whether it is no place in a program.
        var isOfKernel = false
    }

    func build(_ resolved: ResolvedScript) {
        for point in resolved.unchecked { report(.uncheckedPoint(point.text), at: point.range) }
        let scopes = resolved.handlers.map { _ in ScopeTypes() }
        var inputs: [(bodies: [Statement], condition: Expression?, scope: ScopeTypes)] = []
        for (number, handler) in resolved.handlers.enumerated() {
            let found = handler.bodies.compactMap { body(at: $0) }
            if found.count != handler.bodies.count, let range = handler.bodies.first {
                report(.tapsetAlias, at: range)
            }
            bodies[number] = found
            inputs.append((found, handler.condition.flatMap { condition(at: $0) }, scopes[number]))
        }
        types.run(inputs)
        addGlobals()
        var known: [(site: Site, index: Int)] = []
        func lowered(_ site: Site) -> Int {
            if let same = known.last(where: { $0.site == site }) { return same.index }
            let resolvedHandler = resolved.handlers[site.handler]
            let input = inputs[site.handler]
            let scope = ScopeLowering(
                self, types: input.scope, site: site, definitions: resolvedHandler.definitions)
            guard let range = input.bodies.last?.range ?? resolvedHandler.bodies.last else { return 0 }
            program.handlers.append(scope.handler(input.bodies, condition: input.condition, at: range))
            if site.isOfKernel, let entry = program.handlers.last?.entries.first {
                report(.kernelEntry, at: entry.range)
            }
            known.append((site, program.handlers.count - 1))
            return program.handlers.count - 1
        }
        var functionsByHandler: [Int: Set<KernelFunction>] = [:]
        for point in resolved.points {
            let isReturn = point.kind == .return
            if let problem = LoweringProblem(point) {
                report(problem, at: point.range)
                continue
            }
            let handler = lowered(
                Site(
                    handler: point.handler, loads: point.loads, isReturn: isReturn,
                    isOfKernel: point.kernelModule != nil))
            var probe = ProbeBinding(point, handler: handler)
            if program.handlers.indices.contains(handler), !program.handlers[handler].entries.isEmpty {
                probe.saving = point.saving
            }
            // The kernel is asked by name; calls and returns have handlers of their own.
            if case .kernelFunction(let function, _) = probe.event,
                !functionsByHandler[handler, default: []].insert(function).inserted
            {
                report(.kernelName(point.function), at: point.range)
            }
            program.probes.append(probe)
        }
        for event in resolved.events {
            guard let kind = ProbeBinding.Event(event.kind) else {
                if event.kind != .never { report(.event(event.kind), at: event.range) }
                continue
            }
            let isReturn = if case .kernelFunction(_, isReturn: true) = kind { true } else { false }
            let handler = lowered(
                Site(handler: event.handler, loads: event.loads, isReturn: isReturn, isOfKernel: true))
            program.probes.append(
                ProbeBinding(
                    event: kind, handler: handler, text: event.text, function: event.function,
                    range: event.range))
        }
        program.probes.sort { $0.range.lower < $1.range.lower }
        addDisplays()
    }

    private func body(at range: SourceRange) -> Statement? {
        for probe in tree.probes where probe.body.range == range { return probe.body }
        for alias in tree.aliases {
            if alias.body.range == range { return alias.body }
            if let epilogue = alias.epilogue, epilogue.range == range { return epilogue }
        }
        return nil
    }

    private func condition(at range: SourceRange) -> Expression? {
        for point in tree.probes.flatMap(\.points) + tree.aliases.flatMap(\.points) {
            if let condition = point.condition, condition.range == range { return condition }
        }
        return nil
    }

    private func addGlobals() {
        for declaration in tree.globals where globalIndexes[declaration.name.text] == nil {
            let known = types.globals[declaration.name.text] ?? GlobalTypes()
            let shape: GlobalVariable.Shape
            if let keys = known.keys {
                shape = .array(
                    keys: keys.map { $0 ?? .integer },
                    known.isStatistic ? .statistic : .value(known.value ?? .integer))
            } else {
                shape = known.isStatistic ? .statistic : .scalar(known.value ?? .integer)
            }
            var global = GlobalVariable(
                name: declaration.name.text, shape: shape,
                capacity: declaration.size.map { Int(clamping: $0) },
                wraps: declaration.wraps, range: declaration.range)
            switch declaration.initialValue {
            case .number(let value)?: global.initial = .integer(value)
            case .string(let literal)?: global.initial = .text(literal.bytes)
            case nil: break
            }
            global.histograms = known.histograms
            global.hasVariance = known.varianceShift != nil
            global.varianceShift = known.varianceShift ?? 0
            globalIndexes[declaration.name.text] = program.globals.count
            program.globals.append(global)
        }
    }

    /// The index of a regular expression.
    func pattern(_ literal: StringLiteral) -> Int {
        if let known = patternIndexes[literal.bytes] { return known }
        program.patterns.append(literal)
        patternIndexes[literal.bytes] = program.patterns.count - 1
        return program.patterns.count - 1
    }

    /// The index of a function as a handler calls it; nil where there is none of its name.
    func function(_ name: String, _ count: Int, from scope: ScopeLowering) -> Int? {
        let key = TypePropagation.key(name, count)
        guard let declaration = declarations[key], let types = types.functions[key] else { return nil }
        let isReader = readers.contains(key)
        if let known = isReader ? scope.functionIndexes[key] : functionIndexes[key] { return known }
        guard case .block(let body) = declaration.body else {
            report(.embeddedC, at: declaration.range)
            return 0
        }
        let index = program.functions.count
        if isReader { scope.functionIndexes[key] = index } else { functionIndexes[key] = index }
        program.functions.append(
            Function(
                name: name, parameterCount: count, locals: [], result: nil, body: [], range: declaration.range
            ))
        program.functions[index] = scope.inFunction(types).function(declaration, body)
        return index
    }
}

extension ProbeBinding {
    /// The binding of a point in a program's file, or of a function of the kernel.
    init(_ point: ResolvedPoint, handler: Int) {
        if let module = point.kernelModule {
            let function = KernelFunction(name: point.function, module: module == "kernel" ? nil : module)
            self.init(
                event: .kernelFunction(function, isReturn: point.kind == .return), handler: handler,
                text: point.text, function: point.function, range: point.range)
            return
        }
        let address = ProgramAddress(path: point.binary, address: point.address, semaphore: point.semaphore)
        // stap knows static marks and the linkage table's entries by their address alone.
        let isNamed = point.kind != .mark && point.kind != .linkage
        self.init(
            event: point.kind == .return ? .functionReturn(address) : .address(address), handler: handler,
            text: point.text, function: isNamed ? point.function : "", range: point.range)
    }
}

extension ProbeBinding.Event {
    /// The event that the engine knows; nil for the others.
    init?(_ kind: ResolvedEvent.Kind) {
        switch kind {
        case .begin(let order): self = .begin(order: order)
        case .end(let order): self = .end(order: order)
        case .error(let order): self = .error(order: order)
        case .timer(let nanoseconds, let randomize):
            self = .timer(nanoseconds: nanoseconds, randomize: randomize)
        case .timerJiffies(let ticks, let randomize):
            self = .timer(
                nanoseconds: KernelTick.nanoseconds(of: ticks),
                randomize: KernelTick.nanoseconds(of: randomize))
        case .tracepoint(let system, let name): self = .tracepoint(system: system, name: name)
        case .process(let name, let processes):
            guard let event = ProbeBinding.ProcessEvent(rawValue: name),
                let processes = ProbeBinding.Processes(processes)
            else { return nil }
            self = .process(event, of: processes)
        case .sample(let counter, let processes):
            guard let processes = ProbeBinding.Processes(processes) else { return nil }
            self = .sample(counter, of: processes)
        case .kernelFunction(let name, let module, let isReturn):
            self = .kernelFunction(KernelFunction(name: name, module: module), isReturn: isReturn)
        case .never, .kernelAddress: return nil
        }
    }
}

extension ProbeBinding.Processes {
    /// Those that the engine can tell from others; nil for a pattern.
    fileprivate init?(_ processes: ResolvedEvent.Processes) {
        switch processes {
        case .all: self = .all
        case .id(let id): self = .id(Int32(clamping: id))
        case .program(let path): self = .program(path)
        case .pattern: return nil
        }
    }
}

extension ResolvedEvent {
    /// The function, or the empty string.
    fileprivate var function: String {
        if case .kernelFunction(let name, _, _) = kind { name } else { "" }
    }

    /// The point as stap writes it once it is resolved.
    fileprivate var text: String {
        switch kind {
        case .tracepoint(let system, let name):
            "kernel.trace(\"\(system.map { "\($0):" } ?? "")\(name)\")"
        case .process(let event, let processes): "\(processes.text).\(event)"
        case .sample(let counter, .all): counter.text
        case .sample(let counter, let processes): "\(counter.text).\(processes.text)"
        default: range.text
        }
    }
}

extension ResolvedPoint {
    /// The point as stap writes it once it is resolved.
    fileprivate var text: String {
        let place = sourceFile.map { file in "@\(file)" + (line.map { ":\($0)" } ?? "") } ?? ""
        let start =
            switch kernelModule {
            case nil: "process(\"\(binary)\")"
            case "kernel"?: "kernel"
            case let module?: "module(\"\(module)\")"
            }
        switch kind {
        case .call:
            let suffix = range.text.contains(").call") ? ".call" : ""
            return "\(start).function(\"\(function)\(place)\")\(suffix)"
        case .return: return "\(start).function(\"\(function)\(place)\").return"
        case .inlined: return "\(start).function(\"\(function)\(place)\").inline"
        case .statement: return "\(start).statement(\"\(function)\(place)\")"
        case .label: return "\(start).function(\"\(function)\(place)\").label(\"*\")"
        case .mark, .linkage: return "\(start).statement(0x\(String(address, radix: 16)))"
        }
    }
}
