public import DebugInfo
public import Diagnostics
import StapLanguage

/// A probe point that a pattern stands for, as `stap -l` and `-L` list it.
public struct PointListing: Sendable {
    /// A target variable that can be read there.
    public struct Variable: Sendable, Equatable {
        /// Its name, without `$`.
        public var name: String
        /// Its type's name, as stap writes it.
        public var type: String
        /// How the type lies in memory, where that was asked for.
        public var layout: TypeLayout?
    }

    /// A script's variable that an alias has set, or will set, where its handler runs.
    public struct Local: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// `long`, `string` or `unknown`, as stap writes them.
        public var type: String
    }

    /// How much is listed of each point.
    public enum Detail: Sendable {
        /// Its spelling.
        case points
        /// The variables that can be read, with their types' names.
        case variables
        /// The types' layouts, too.
        case types
    }

    /// The point as a script would write it.
    public var text: String
    /// The addresses that it stands for, in the file's own address space; none for events.
    public var addresses: [UInt64]
    /// What an alias's own handler assigns, in the order in which it stands there; `unknown` where that has no type.
    public var locals: [Local] = []
    /// The variables that can be read at all of them.
    public var variables: [Variable]
    /// A function's own parameters that cannot be read at all of them.
    public var unreadable: [String] = []
}

extension Resolver {
    /// What probe points stand for, sorted by spelling, each once.
    ///
    /// - Parameters:
    ///   - points: Probe points between commas, as between `probe` and `{`.
    ///   - context: What names are looked up in.
    ///   - detail: How much is wanted.
    /// - Returns: The listed points.
    /// - Throws: Every point that stands for nothing and is not marked `?` or `!`.
    public static func list(
        _ points: String, in context: ResolverContext = ResolverContext(),
        _ detail: PointListing.Detail = .points
    ) throws(DiagnosticsError) -> [PointListing] {
        let source = SourceFile(name: "probe point", text: "probe \(points) {}")
        let tree = try ScriptParser.parse(source, options: ScriptParser.Options())
        let lister = PointLister(context, detail)
        var listed: [String: PointListing] = [:]
        var problems: [Diagnostic] = []
        for point in tree.probes.flatMap(\.points) {
            do throws(ProcessPoint.Failure) {
                for listing in try lister.list(point) {
                    listed[listing.text] = listed[listing.text] ?? listing
                }
                if point.suffix == .sufficient { break }
            } catch {
                if point.suffix == nil { problems.append(error.problem.diagnostic(at: error.range)) }
            }
        }
        try problems.throwIfErrors()
        return listed.values.sorted { $0.text < $1.text }
    }
}

/// Lists points.
struct PointLister {
    let store: BinaryStore
    let kernel: KernelStore?
    let tapset: TapsetIndex?
    let context: ResolverContext
    let detail: PointListing.Detail
    /// How many aliases stand for this one's points.
    var depth = 0

    /// Aliases of aliases deeper than this are a cycle.
    static let maximumDepth = 32

    /// The values that stap lists for every event, system call or not.
    private static let eventValues = ["syscall"] + (1...6).map { "arg\($0)" }

    init(_ context: ResolverContext, _ detail: PointListing.Detail) {
        self.context = context
        self.detail = detail
        store = BinaryStore(context)
        kernel = context.kernel.map { KernelStore($0) }
        tapset = context.tapset.map { TapsetIndex($0) }
    }

    /// What a point stands for.
    func list(_ point: ProbePoint) throws(ProcessPoint.Failure) -> [PointListing] {
        let first = point.components.first?.name.text ?? ""
        if let pattern = PointPattern(point, isOfAnyKind: first != "process") {
            return try points(of: pattern, point)
        }
        guard first != "process" else { return try program(point) }
        let listed = aliases(for: point)
        return listed.isEmpty ? try builtIn(point) : listed
    }

    /// The points of a pattern that are there, and the aliases.
    private func points(
        of pattern: PointPattern, _ point: ProbePoint
    ) throws(ProcessPoint.Failure) -> [PointListing] {
        let named = aliases(for: point)
        var listings = named
        let isTaken = pattern.resolve { one in
            let found = (try? list(one)) ?? []
            listings += found
            return !found.isEmpty
        }
        guard isTaken || !named.isEmpty else {
            throw .init(problem: .form(.noPointOfPattern(Resolution.text(of: point))), range: point.range)
        }
        return listings
    }

    private func program(_ point: ProbePoint) throws(ProcessPoint.Failure) -> [PointListing] {
        switch ProcessPoint(point, store, context).resolve() {
        case .failed(let problem, let range): throw .init(problem: problem, range: range)
        case .unchecked: throw .init(problem: .unknownProgram, range: point.range)
        case .matches(let matches): return matches.flatMap { listings(of: $0) }
        }
    }

    /// A point that stap's translator knows by itself.
    func builtIn(_ point: ProbePoint) throws(ProcessPoint.Failure) -> [PointListing] {
        if point.components.first?.name.text == "process" { return try program(point) }
        var kernelPoint = KernelPoint(point, kernel, aliasNames: [])
        switch kernelPoint.resolve() {
        case .failed(let problem, let range): throw .init(problem: .kernel(problem), range: range)
        case .refused(let problem, let range): throw .init(problem: problem, range: range)
        case .matches(let matches): return matches.flatMap { listings(of: $0) }
        case .events(let events):
            return events.map { event in
                guard case .tracepoint(let system, let name) = event.kind else {
                    return PointListing(text: Resolution.text(of: point), addresses: [], variables: [])
                }
                let text = "kernel.trace(\"\(system.map { "\($0):" } ?? "")\(name)\")"
                return PointListing(text: text, addresses: [], variables: variables(of: event.mode))
            }
        case .unchecked(.kernelUnknown, _), .unchecked(.tracepointsUnknown, _),
            .unchecked(.kernelSymbolsUnknown, _), .unchecked(.tapset, _):
            throw .init(problem: .notListed(Resolution.text(of: point)), range: point.range)
        case .unchecked:
            return [PointListing(text: Self.text(of: point), addresses: [], variables: [])]
        }
    }

    /// The point as stap lists it, which writes the address of a watchpoint in hexadecimal.
    private static func text(of point: ProbePoint) -> String {
        point.components.map { component in
            guard component.name.text == "data", let number = KernelPoint.number(component) else {
                return Resolution.text(of: component)
            }
            return "data(0x\(String(UInt64(bitPattern: number), radix: 16)))"
        }.joined(separator: ".")
    }

    private func variables(of mode: HandlerCheck.Mode) -> [PointListing.Variable] {
        guard detail != .points, case .variables(let variables) = mode else { return [] }
        return variables.typed.map { .init(name: $0.name, type: $0.type) }
    }

    private func listings(of match: ProcessMatch) -> [PointListing] {
        let frame = match.frame
        func text(_ place: String) -> String { "\(frame.program).\(place)\(frame.suffix)" }
        switch match.places {
        case .sites(let sites, let variant):
            let found = ProbeListing.listings(of: sites, variant, withVariables: detail != .points)
            return found.map { listing in
                let place =
                    frame.isNumber
                    ? "\(frame.component)(0x\(String(listing.sites[0].address, radix: 16)))"
                    : "\(frame.component)(\"\(listing.name)\")"
                return PointListing(
                    text: text(place), addresses: listing.sites.map(\.address),
                    variables: listing.variables.map { variable in
                        .init(
                            name: variable.name, type: variable.type,
                            layout: detail == .types ? variable.layout.map { TypeLayout($0) } : nil)
                    },
                    unreadable: detail == .points ? [] : listing.unreadableParameters)
            }
        case .marks(let marks):
            return Dictionary(grouping: marks, by: { Self.place(of: $0, frame) }).map { place, marks in
                // A mark that several places of the code pass may have more arguments at some.
                let count = marks.map(\.arguments.count).min() ?? 0
                return PointListing(
                    text: text(place), addresses: marks.map(\.address),
                    variables: Self.numbers((1..<max(count + 1, 1)).map { "arg\($0)" }))
            }
        case .linkage(let entries, _):
            return entries.map { entry in
                PointListing(text: text("plt(\"\(entry.name)\")"), addresses: [entry.address], variables: [])
            }
        case .event:
            return [
                PointListing(
                    text: text(frame.component), addresses: [], variables: Self.numbers(Self.eventValues))
            ]
        }
    }

    private static func place(of mark: StaticMark, _ frame: ProcessMatch.Frame) -> String {
        frame.component == "provider"
            ? "provider(\"\(mark.provider)\").mark(\"\(mark.name)\")" : "mark(\"\(mark.name)\")"
    }

    private static func numbers(_ names: [String]) -> [PointListing.Variable] {
        names.map { .init(name: $0, type: "long") }
    }
}
