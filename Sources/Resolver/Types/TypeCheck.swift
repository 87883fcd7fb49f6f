import Diagnostics
import Regexes
import StapLanguage

/// Holds a script's names and types together over all its probes, as stap does after it has found their points.
struct TypeCheck {
    /// What the check found out.
    struct Outcome {
        var problems: [Diagnostic] = []
        var warnings: [Diagnostic] = []
        /// Functions that stap lets only gurus call.
        var guruCalls: [(name: String, range: SourceRange)] = []
        /// Whether nothing of any probe would be left, so that stap has no probe to run.
        var doesNothing = false
    }

    private let names: ScriptNames
    private var probes: [ScriptProbe] = []
    /// What would run at points that are not there.
    var missed: MissedProbes
    /// Handlers that were taken, and what `@defined` was in them.
    private var known: Set<String> = []

    init(_ tree: ScriptTree, tapset: TapsetIndex?) {
        names = ScriptNames(tree, tapset: tapset)
        missed = MissedProbes(tree)
    }

    /// Takes the handler of a probe point, unless it means the same as one before.
    ///
    /// - Parameters:
    ///   - bodies: what runs there, aliases' parts included.
    ///   - condition: the point's `if (…)`.
    ///   - place: what is decided at the point.
    mutating func add(_ bodies: [Statement], condition: Expression?, _ place: BodyBuilder.Place) {
        guard let range = bodies.last?.range else { return }
        var key = bodies.map { "\(ObjectIdentifier($0.range.source).hashValue) \($0.range.lower)" }
            .joined(separator: " ")
        key += place.foldsFirst ? "+" : "-"
        if let condition { key += "if \(condition.range.lower)" }
        for body in bodies {
            body.walkExpressions { expression in
                guard case .defined(let inner) = expression.kind else { return true }
                key += place.isDefined(inner).map { $0 ? "1" : "0" } ?? "?"
                return false
            }
        }
        guard known.insert(key).inserted else { return }
        let probe = ScriptProbe(at: range)
        let tapset = names.tapset
        let isTapset = { (body: Statement) in
            tapset?.sources.contains(ObjectIdentifier(body.range.source)) == true
        }
        if let condition {
            let builder = BodyBuilder(names: names, place: place, owner: .condition, isTapset: false)
            probe.conditions.append(builder.node(condition))
        }
        let steps = bodies.map { body in
            BodyBuilder(names: names, place: place, owner: .probe(probe), isTapset: isTapset(body)).step(body)
        }
        probe.body = ScriptStep(.block(steps), at: range)
        probes.append(probe)
    }

    /// Infers all types, once every probe has been taken.
    func finish() -> Outcome {
        var outcome = Outcome()
        let use = variableUse
        warnAboutUnassigned(use, &outcome)
        let missing = missed.findings(written: written(by: use))
        var code = DeadCode(probes, names.functions, globals: names.globalOrder)
        code.dropUnused()
        var inference = TypeInference(probes, names)
        inference.inferEarly()
        code.dropAll()
        inference.inferFinally(code.use)
        FinalCheck(names).check(probes, names.functions)
        outcome.doesNothing = !probes.isEmpty && probes.allSatisfy { $0.body == nil }
        outcome.problems = names.findings.filter { !missing.include($0.problem, at: $0.range) }
            .map { $0.problem.diagnostic(at: $0.range) }
        outcome.guruCalls = names.guruCalls
        return outcome
    }

    /// The locals of the probes that were taken, in the order in which they stand there, each once.
    func locals() -> [ScriptVariable] {
        var inference = TypeInference(probes, names)
        inference.inferEarly()
        var seen: Set<String> = []
        return probes.flatMap(\.localOrder).filter { seen.insert($0.name).inserted }
    }

    private var variableUse: VariableUse {
        var use = VariableUse()
        for probe in probes { use.add(probe.body) }
        for function in names.functions { use.add(function.body) }
        return use
    }

    /// Where the variables stand that something writes.
    private func written(by use: VariableUse) -> Set<Int> {
        let variables =
            probes.flatMap(\.localOrder) + names.functions.flatMap(\.localOrder) + names.globalOrder
        return Set(
            variables.filter { use.written.contains(ObjectIdentifier($0)) }.map(\.range.lower))
    }

    /// A local that is read but never written is most often misspelt; stap lets it be 0 or empty.
    private func warnAboutUnassigned(_ use: VariableUse, _ outcome: inout Outcome) {
        let owners =
            probes.map { ($0.localOrder, Array($0.locals.keys)) }
            + names.functions.filter { !$0.isTapset }.map { function in
                (function.localOrder, Array(function.locals.keys) + function.parameters.map(\.name))
            }
        var places: Set<Int> = []
        for (locals, known) in owners {
            for local in locals where !use.written.contains(ObjectIdentifier(local)) {
                guard names.tapset?.sources.contains(ObjectIdentifier(local.range.source)) != true,
                    use.read.contains(ObjectIdentifier(local)), places.insert(local.range.lower).inserted
                else { continue }
                let hint = Likeness.suggestion(for: local.name, among: known + names.globals.keys)
                outcome.warnings.append(
                    .warning("'\(local.name)' is read but never given a value\(hint)", at: local.range))
            }
        }
    }
}

/// Checks, in what is left of a script, what needs no types: regular expressions and histograms.
struct FinalCheck {
    private let names: ScriptNames

    init(_ names: ScriptNames) { self.names = names }

    func check(_ probes: [ScriptProbe], _ functions: [ScriptFunction]) {
        var told: Set<Int> = []
        var shapes: [ObjectIdentifier: (Histogram, SourceRange)] = [:]
        let check: (ScriptNode) -> Void = { node in
            switch node.kind {
            case .regexMatch(let pattern):
                guard told.insert(pattern.range.lower).inserted else { return }
                do throws(RegexSyntaxError) {
                    _ = try RegexReader.node(of: pattern.bytes)
                } catch {
                    names.report(.regex(error), at: pattern.range)
                }
            case .histogram(let shape):
                switch node.operands.first?.kind {
                case .symbol(let variable)?, .element(let variable)?:
                    let known = shapes[ObjectIdentifier(variable)]
                    if let (other, place) = known, other != shape, told.insert(node.range.lower).inserted {
                        names.report(.histogramShapes(variable.name, at: place), at: node.range)
                    }
                    shapes[ObjectIdentifier(variable)] = known ?? (shape, node.range)
                default: break
                }
            default: break
            }
        }
        for probe in probes {
            probe.body?.walk(check)
            for condition in probe.conditions { condition.walk(check) }
        }
        for function in functions where !function.isTapset { function.body?.walk(check) }
    }
}

extension ScriptNode {
    /// Visits this node and all below it.
    func walk(_ visit: (ScriptNode) -> Void) {
        visit(self)
        for child in children { child?.walk(visit) }
    }
}

extension ScriptStep {
    /// Visits every expression inside.
    func walk(_ visit: (ScriptNode) -> Void) {
        switch kind {
        case .none, .loopJump, .next: break
        case .expression(let value), .delete(let value): value.walk(visit)
        case .block(let steps): for step in steps { step.walk(visit) }
        case .if(let condition, let then, let otherwise):
            condition.walk(visit)
            then?.walk(visit)
            otherwise?.walk(visit)
        case .loop(let initial, let condition, let step, let body):
            for part in [initial, condition, step] { part?.walk(visit) }
            body?.walk(visit)
        case .foreach(let loop, let body):
            for index in loop.slice { index?.walk(visit) }
            loop.limit?.walk(visit)
            body?.walk(visit)
        case .try(let body, _, let handler):
            body?.walk(visit)
            handler?.walk(visit)
        case .return(let value): value?.walk(visit)
        }
    }
}
