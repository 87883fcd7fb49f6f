import DebugInfo
import Diagnostics
import StapLanguage

/// One resolution of a script: goes through the probes and gathers addresses and problems.
struct Resolution {
    let tree: ScriptTree
    let context: ResolverContext
    let store: BinaryStore
    let kernel: KernelStore?
    private let aliases: [ProbeAlias]
    private let functions: [String: [FunctionDeclaration]]
    /// What the script's global variables point to.
    let globalTypes: GlobalPointerTypes
    private let tapset: TapsetIndex?
    private(set) var types: TypeCheck
    private(set) var problems = ProblemList()
    private(set) var points: [ResolvedPoint] = []
    private(set) var events: [ResolvedEvent] = []
    private(set) var handlers: [ResolvedHandler] = []
    private(set) var unchecked: [UncheckedPoint] = []
    private(set) var warnings: [Diagnostic] = []
    /// The addresses of functions whose arguments stap reads too early.
    private(set) var missedByStap: Set<UInt64> = []

    /// Aliases of aliases deeper than this are a cycle.
    private static let maximumAliasDepth = 32

    init(_ tree: ScriptTree, _ context: ResolverContext, globalTypes: GlobalPointerTypes? = nil) {
        self.init(
            tree, context, store: BinaryStore(context), kernel: context.kernel.map { KernelStore($0) },
            tapset: context.tapset.map { TapsetIndex($0) }, globalTypes: globalTypes)
    }

    /// With what an earlier one has read.
    init(
        _ tree: ScriptTree, _ context: ResolverContext, store: BinaryStore, kernel: KernelStore?,
        tapset: TapsetIndex?, globalTypes: GlobalPointerTypes? = nil
    ) {
        self.tree = tree
        self.context = context
        self.store = store
        self.kernel = kernel
        self.tapset = tapset
        self.types = TypeCheck(tree, tapset: tapset)
        self.globalTypes = globalTypes ?? GlobalPointerTypes(tree)
        self.aliases = tree.aliases
        let withTargets = tree.functions.filter { function in
            guard case .block(let body) = function.body else { return false }
            var found = false
            body.walkExpressions { expression in
                switch expression.kind {
                // A function that calls another may lead to one with target expressions.
                case .target, .entry, .call: found = true
                default: break
                }
                return !found
            }
            return found
        }
        self.functions = Dictionary(grouping: withTargets, by: \.name.text)
    }

    mutating func run() {
        for alias in aliases {
            for component in alias.names.flatMap(\.components) where component.argument != nil {
                problems.add(.argument(component.name.text, takes: nil), at: component.range)
            }
        }
        for probe in tree.probes {
            resolve(probe.points, Handler(bodies: [probe.body]), isOptional: false, depth: 0)
        }
    }

    /// What runs at a point, and where the script asked for it.
    private struct Handler {
        var bodies: [Statement]
        /// The script's own probe point, where the point at hand is a tapset's.
        var origin: SourceRange?
        var condition: Expression?
        /// Whether `$value` is a string there, as in a `procfs` probe.
        var hasTextValue = false
    }

    /// Resolves points in their order; one with `!` that is there ends the row.
    ///
    /// - Returns: Whether any of them is there.
    @discardableResult
    private mutating func resolve(
        _ points: [ProbePoint], _ handler: Handler, isOptional: Bool, depth: Int
    ) -> Bool {
        var isAny = false
        for point in points {
            var handler = handler
            handler.condition = point.condition ?? handler.condition
            let isThere = resolve(
                point, handler, isOptional: isOptional || point.suffix != nil, depth: depth)
            isAny = isAny || isThere
            // That an optional one is not there is nobody's mistake, and what follows from it is one.
            if !isThere, !isOptional, point.suffix == nil { types.missed.add(handler.bodies) }
            if isThere, point.suffix == .sufficient { break }
        }
        return isAny
    }

    private mutating func resolve(
        _ point: ProbePoint, _ handler: Handler, isOptional: Bool, depth: Int
    ) -> Bool {
        guard let first = point.components.first else { return false }
        let found =
            depth < Self.maximumAliasDepth
            ? AliasSearch(own: aliases, tapset: tapset).aliases(for: point) : []
        if let pattern = PointPattern(point) {
            let isTaken = pattern.resolve { resolve($0, handler, isOptional: true, depth: depth) }
            let isAlias = expand(found, point, handler, isOptional: true, depth: depth)
            if !isTaken, !isAlias, !isOptional {
                problems.add(
                    .form(.noPointOfPattern(Self.text(of: point))), at: handler.origin ?? point.range)
            }
            return isTaken || isAlias
        }
        guard found.isEmpty else {
            return expand(found, point, handler, isOptional: isOptional, depth: depth)
        }
        if first.name.text == "process" {
            let result = ProcessPoint(point, store, context).resolve()
            return take(result, point, handler, isOptional: isOptional)
        }
        // The tapset's, but none of this name is there.
        if handler.origin == nil, PointForm.tapsetNames.contains(first.name.text) {
            if !isOptional {
                problems.add(
                    .unknownPoint(
                        Self.text(of: point), known: tapset?.aliasNames ?? [], hasTapset: tapset != nil),
                    at: point.range)
            }
            return false
        }
        var kernelPoint = KernelPoint(
            point, kernel, aliasNames: aliases.flatMap(\.names).compactMap { $0.components.first?.name.text })
        let result = kernelPoint.resolve()
        warnings += kernelPoint.warnings.map {
            .warning($0.problem.message, at: handler.origin ?? $0.range, notes: $0.problem.notes)
        }
        var handler = handler
        handler.hasTextValue = first.name.text == "procfs"
        return take(result, point, handler, isOptional: isOptional)
    }

    private mutating func take(
        _ result: KernelPoint.Result, _ point: ProbePoint, _ handler: Handler, isOptional: Bool
    ) -> Bool {
        let range = handler.origin ?? point.range
        switch result {
        case .failed(let problem, let place):
            if !isOptional { problems.add(.kernel(problem), at: handler.origin ?? place) }
            return false
        case .refused(let problem, let place):
            if !isOptional { problems.add(problem, at: handler.origin ?? place) }
            return false
        case .unchecked(let reason, let mode):
            unchecked.append(.init(range: range, text: Self.text(of: point), reason: reason))
            check(handler, mode)
        case .events(let found):
            for event in found {
                let (handler, loads) = check(handler, event.mode)
                events.append(
                    ResolvedEvent(range: range, kind: event.kind, loads: loads, handler: handler))
            }
        case .matches(let matches):
            for match in matches { take(match, point, handler) }
        }
        return true
    }

    private mutating func expand(
        _ aliases: [AliasSearch.Found], _ point: ProbePoint, _ handler: Handler, isOptional: Bool, depth: Int
    ) -> Bool {
        let known = problems.count
        var isAny = false
        for found in aliases {
            let alias = found.alias
            var inner = handler
            let epilogue = alias.epilogue.map { [$0] } ?? []
            inner.bodies =
                alias.style == .prologue
                ? [alias.body] + handler.bodies + epilogue : handler.bodies + [alias.body]
            if found.isTapset { inner.origin = handler.origin ?? point.range }
            let points = alias.points.map { target in
                var target = target
                target.components += found.suffix
                return target
            }
            // What a tapset's alias lacks on this kernel is not the script's mistake alone.
            let isThere = resolve(points, inner, isOptional: isOptional, depth: depth + 1)
            isAny = isAny || isThere
        }
        if !isAny, !isOptional, problems.count == known {
            problems.add(.emptyAlias(Self.text(of: point)), at: handler.origin ?? point.range)
        }
        return isAny
    }

    private mutating func take(
        _ site: ProbeSite, in binary: Binary, of kernelModule: String?, _ range: SourceRange,
        _ handler: Handler, isReturn: Bool
    ) {
        var point = ResolvedPoint(site, isReturn: isReturn, binary: binary.path, range: range)
        point.kernelModule = kernelModule
        (point.handler, point.loads) = check(handler, .site(site, in: binary, isReturn: isReturn))
        if site.isMissedByStap { missedByStap.insert(site.address) }
        points.append(point)
    }

    private mutating func take(
        _ result: ProcessPoint.Result, _ point: ProbePoint, _ handler: Handler, isOptional: Bool
    ) -> Bool {
        switch result {
        case .failed(let problem, let range):
            if !isOptional { problems.add(problem, at: handler.origin ?? range) }
            return false
        case .unchecked(let reason, let mode):
            unchecked.append(
                .init(range: handler.origin ?? point.range, text: Self.text(of: point), reason: reason))
            check(handler, mode)
        case .matches(let matches):
            for match in matches { take(match, point, handler) }
        }
        return true
    }

    private mutating func take(_ match: ProcessMatch, _ point: ProbePoint, _ handler: Handler) {
        let path = match.binary?.path ?? ""
        let range = handler.origin ?? point.range
        switch match.places {
        case .sites(let sites, let variant):
            guard let binary = match.binary else { break }
            for site in sites {
                take(
                    site, in: binary, of: match.kernelModule, range, handler,
                    isReturn: variant == .return)
            }
        case .marks(let marks):
            for mark in marks {
                var point = ResolvedPoint(mark, binary: path, range: range)
                if let binary = match.binary {
                    let values = HandlerCheck.Mode.variables(PointVariables(mark, in: binary))
                    (point.handler, point.loads) = check(handler, values)
                }
                points.append(point)
            }
        case .linkage(let entries, let isReturn):
            for entry in entries {
                var point = ResolvedPoint(entry, isReturn: isReturn, binary: path, range: range)
                (point.handler, point.loads) = check(
                    handler, .variables(PointVariables(entry, isReturn: isReturn)))
                points.append(point)
            }
        case .event(let name, let processes):
            if let problem = match.problem {
                warnings.append(ResolverProblem.neverRuns(problem).warning(at: range))
            }
            let mode = PointVariables(event: name).map { HandlerCheck.Mode.variables($0) }
            let handler = check(handler, mode ?? .noVariables("process.\(name)")).handler
            events.append(
                ResolvedEvent(range: range, kind: .process(name, of: processes), handler: handler))
        }
    }

    /// Checks what runs at a place: its number, and how its target expressions are read there.
    @discardableResult
    private mutating func check(
        _ handler: Handler, _ mode: HandlerCheck.Mode
    ) -> (handler: Int, loads: [TypedLoad]) {
        var check = HandlerCheck(
            mode: mode, store: store, kernel: kernel, functions: functions, globalTypes: globalTypes)
        check.check(handler.bodies)
        var function: String?
        var isSite = false
        switch mode {
        case .site(let site, _, _):
            function = site.name
            isSite = true
        case .variables(let variables): function = variables.owner
        default: break
        }
        for finding in check.findings {
            let isTapset = tapset?.sources.contains(ObjectIdentifier(finding.range.source)) == true
            problems.add(
                finding.problem, at: isTapset ? handler.origin ?? finding.range : finding.range,
                function: function)
        }
        for point in check.unchecked
        where tapset?.sources.contains(ObjectIdentifier(point.range.source)) != true {
            if !unchecked.contains(where: { $0.range == point.range }) { unchecked.append(point) }
        }
        types.add(
            handler.bodies, condition: handler.condition,
            .init(
                isDefined: { check.isDefined($0) }, foldsFirst: isSite,
                hasEffects: { check.hasEffects($0, at: $1) }, hasTextValue: handler.hasTextValue
            ))
        let resolved = ResolvedHandler(
            bodies: handler.bodies.map(\.range), condition: handler.condition?.range,
            definitions: check.definitions)
        // The points of a probe come one after the other.
        if let known = handlers.lastIndex(of: resolved) { return (known, check.loads) }
        handlers.append(resolved)
        return (handlers.count - 1, check.loads)
    }

    /// The point as a script would write it.
    static func text(of point: ProbePoint) -> String {
        point.components.map { text(of: $0) }.joined(separator: ".")
    }

    /// A component as a script would write it.
    static func text(of component: ProbePoint.Component) -> String {
        switch component.argument {
        case .number(let number)?: "\(component.name.text)(\(number))"
        case .string(let literal)?: "\(component.name.text)(\"\(literal.text)\")"
        case nil: component.name.text
        }
    }
}
