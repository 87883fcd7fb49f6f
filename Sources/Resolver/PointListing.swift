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
    /// The variables that can be read at all of them.
    public var variables: [Variable]
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
        let store = BinaryStore(context)
        var listed: [String: PointListing] = [:]
        var problems: [Diagnostic] = []
        for point in tree.probes.flatMap(\.points) {
            do throws(ProcessPoint.Failure) {
                let found = try PointLister(store: store, context: context, detail: detail).list(point)
                for listing in found { listed[listing.text] = listed[listing.text] ?? listing }
                if point.suffix == .sufficient { break }
            } catch {
                if point.suffix == nil { problems.append(error.problem.diagnostic(at: error.range)) }
            }
        }
        try problems.throwIfErrors()
        return listed.values.sorted { $0.text < $1.text }
    }
}

/// Lists one point.
struct PointLister {
    let store: BinaryStore
    let context: ResolverContext
    let detail: PointListing.Detail

    private static let plainPoints: Set<String> = ["begin", "end", "error", "never", "timer"]
    /// The values that stap lists for every event, system call or not.
    private static let eventValues = ["syscall"] + (1...6).map { "arg\($0)" }

    func list(_ point: ProbePoint) throws(ProcessPoint.Failure) -> [PointListing] {
        let first = point.components.first?.name.text ?? ""
        guard first == "process" || PointPattern(point) != nil else {
            guard Self.plainPoints.contains(first) else {
                throw ProcessPoint.Failure(problem: .notListed(first), range: point.range)
            }
            return [PointListing(text: Resolution.text(of: point), addresses: [], variables: [])]
        }
        if let pattern = PointPattern(point) {
            var listings: [PointListing] = []
            let isTaken = pattern.resolve { one in
                let found = (try? list(one)) ?? []
                listings += found
                return !found.isEmpty
            }
            guard isTaken else {
                throw ProcessPoint.Failure(
                    problem: .form(.noPointOfPattern(Resolution.text(of: point))), range: point.range)
            }
            return listings
        }
        switch ProcessPoint(point, store, context).resolve() {
        case .failed(let problem, let range): throw ProcessPoint.Failure(problem: problem, range: range)
        case .unchecked: throw ProcessPoint.Failure(problem: .unknownProgram, range: point.range)
        case .matches(let matches): return matches.flatMap { listings(of: $0) }
        }
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
                    })
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
