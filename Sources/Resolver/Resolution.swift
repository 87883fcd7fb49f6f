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
    private(set) var problems = ProblemList()
    private(set) var points: [ResolvedPoint] = []
    private(set) var events: [ResolvedEvent] = []
    private(set) var unchecked: [UncheckedPoint] = []
    private(set) var warnings: [Diagnostic] = []

    /// Aliases of aliases deeper than this are a cycle.
    private static let maximumAliasDepth = 32

    init(_ tree: ScriptTree, _ context: ResolverContext) {
        self.tree = tree
        self.context = context
        self.store = BinaryStore(context)
        self.kernel = context.kernel.map { KernelStore($0) }
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
        for probe in tree.probes { resolve(probe.points, [probe.body], isOptional: false, depth: 0) }
    }

    /// Resolves points in their order; one with `!` that is there ends the row.
    ///
    /// - Returns: Whether any of them is there.
    @discardableResult
    private mutating func resolve(
        _ points: [ProbePoint], _ bodies: [Statement], isOptional: Bool, depth: Int
    ) -> Bool {
        var isAny = false
        for point in points {
            let isThere = resolve(
                point, bodies, isOptional: isOptional || point.suffix != nil, depth: depth)
            isAny = isAny || isThere
            if isThere, point.suffix == .sufficient { break }
        }
        return isAny
    }

    private mutating func resolve(
        _ point: ProbePoint, _ bodies: [Statement], isOptional: Bool, depth: Int
    ) -> Bool {
        guard let first = point.components.first else { return false }
        if let alias = aliases.first(where: { $0.names.contains { Self.isSame($0, point) } }),
            depth < Self.maximumAliasDepth
        {
            let epilogue = alias.epilogue.map { [$0] } ?? []
            let known = problems.count
            let isThere = resolve(
                alias.points, [alias.body] + bodies + epilogue, isOptional: isOptional, depth: depth + 1)
            if !isThere, !isOptional, problems.count == known {
                problems.add(.emptyAlias(Self.text(of: point)), at: point.range)
            }
            return isThere
        }
        if first.name.text == "process" {
            let result = ProcessPoint(point, store, context).resolve()
            return take(result, point, bodies, isOptional: isOptional)
        }
        var kernelPoint = KernelPoint(
            point, kernel, aliasNames: aliases.flatMap(\.names).compactMap { $0.components.first?.name.text })
        let result = kernelPoint.resolve()
        warnings += kernelPoint.warnings.map {
            .warning($0.problem.message, at: $0.range, notes: $0.problem.notes)
        }
        return take(result, point, bodies, isOptional: isOptional)
    }

    private mutating func take(
        _ result: KernelPoint.Result, _ point: ProbePoint, _ bodies: [Statement], isOptional: Bool
    ) -> Bool {
        switch result {
        case .failed(let problem, let range):
            if !isOptional { problems.add(.kernel(problem), at: range) }
            return false
        case .refused(let problem, let range):
            if !isOptional { problems.add(problem, at: range) }
            return false
        case .unchecked(let reason, let mode):
            unchecked.append(.init(range: point.range, text: Self.text(of: point), reason: reason))
            check(bodies, mode)
        case .events(let found):
            for event in found {
                events.append(ResolvedEvent(range: point.range, kind: event.kind))
                check(bodies, event.mode)
            }
        case .sites(let sites, let isReturn):
            for site in sites { take(site.site, in: site.binary, point, bodies, isReturn: isReturn) }
        }
        return true
    }

    private mutating func take(
        _ site: ProbeSite, in binary: Binary, _ point: ProbePoint, _ bodies: [Statement], isReturn: Bool
    ) {
        points.append(ResolvedPoint(site, isReturn: isReturn, binary: binary.path, range: point.range))
        check(bodies, .site(site, in: binary, isReturn: isReturn))
    }

    private mutating func take(
        _ result: ProcessPoint.Result, _ point: ProbePoint, _ bodies: [Statement], isOptional: Bool
    ) -> Bool {
        switch result {
        case .failed(let problem, let range):
            if !isOptional { problems.add(problem, at: range) }
            return false
        case .unchecked(let reason, let mode):
            unchecked.append(.init(range: point.range, text: Self.text(of: point), reason: reason))
            check(bodies, mode)
        case .matches(let matches):
            for match in matches { take(match, point, bodies) }
        }
        return true
    }

    private mutating func take(_ match: ProcessMatch, _ point: ProbePoint, _ bodies: [Statement]) {
        let path = match.binary?.path ?? ""
        switch match.places {
        case .sites(let sites, let variant):
            let isReturn = variant == .return
            guard let binary = match.binary else { break }
            for site in sites { take(site, in: binary, point, bodies, isReturn: isReturn) }
        case .marks(let marks):
            for mark in marks {
                points.append(ResolvedPoint(mark, binary: path, range: point.range))
                if let binary = match.binary { check(bodies, .values(ContextValues(mark, in: binary))) }
            }
        case .linkage(let entries, let isReturn):
            for entry in entries {
                points.append(ResolvedPoint(entry, isReturn: isReturn, binary: path, range: point.range))
                check(bodies, .values(ContextValues(entry)))
            }
        case .event(let name):
            events.append(ResolvedEvent(range: point.range, kind: .process(Self.text(of: point))))
            check(bodies, ContextValues(event: name).map { .values($0) } ?? .noVariables("process.\(name)"))
        }
    }

    private mutating func check(_ bodies: [Statement], _ mode: HandlerCheck.Mode) {
        var check = HandlerCheck(mode: mode, store: store, functions: functions)
        for body in bodies { check.check(body) }
        var function: String?
        switch mode {
        case .site(let site, _, _): function = site.name
        case .event(let event): function = event.event
        default: break
        }
        for finding in check.findings { problems.add(finding.problem, at: finding.range, function: function) }
    }

    private static func isSame(_ name: ProbePoint, _ point: ProbePoint) -> Bool {
        name.components.count == point.components.count
            && zip(name.components, point.components).allSatisfy {
                $0.name.text == $1.name.text && $0.argument == $1.argument
            }
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
