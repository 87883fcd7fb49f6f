import DebugInfo
import Diagnostics
import StapLanguage

/// `kernel.function`, `kernel.statement` and the same of `module("…")`, resolved by DWARF where it is installed.
struct KernelFunctionPoint {
    private let point: ProbePoint
    private let store: KernelStore
    /// `function("…")` or `statement("…")`, and what follows it.
    private let place: ProbePoint.Component
    private let suffix: ProbePoint.Component?
    private(set) var warnings: [(problem: KernelPointProblem, range: SourceRange)] = []

    init(_ point: ProbePoint, _ store: KernelStore) {
        self.point = point
        self.store = store
        place = point.components[1]
        suffix = point.components.dropFirst(2).first
    }

    mutating func resolve() -> KernelPoint.Result {
        if point.components[0].name.text == "kernel" { return kernel() }
        guard let literal = KernelPoint.string(point.components[0]) else {
            return .unchecked(.pattern, .unknown)
        }
        return module(literal)
    }

    // MARK: The kernel itself

    private func kernel() -> KernelPoint.Result {
        if suffix?.name.text == "absolute", let address = KernelPoint.number(place) {
            let variables = PointVariables(of: "a probe of an absolute address")
            return .events([
                .init(kind: .kernelAddress(UInt64(bitPattern: address)), mode: .variables(variables))
            ])
        }
        let range = point.components[0].name.range
        do throws(DebugInfoError) {
            if let binary = try store.describedImage() {
                return search(in: [("kernel", binary)]) { [store] name in
                    .noKernelFunction(
                        name, list: store.imageCandidates.first(where: KernelImage.exists) ?? "",
                        names: binary.allFunctionNames)
                }
            }
        } catch {
            return .refused(.binary(error), at: range)
        }
        return kernelBySymbols()
            ?? .failed(
                .noKernelDebugInfo(release: store.context.release, missing: store.imageCandidates), at: range)
    }

    /// Without debug information a function can be probed that the kernel's list of symbols has, as stap does; its
    /// variables are out of reach.
    private func kernelBySymbols() -> KernelPoint.Result? {
        guard place.name.text == "function", let literal = KernelPoint.string(place),
            let pattern = FunctionPattern(literal.text), pattern.file == nil, pattern.scopes.isEmpty,
            ["call", "return", "exported", nil].contains(suffix?.name.text), let symbols = store.symbols
        else { return nil }
        let isReturn = suffix?.name.text == "return"
        let found = symbols.functions.filter { pattern.name.matches($0) }.sorted()
        let names = found.filter {
            store.context.isGuru || KernelBlocklist.allows($0, isReturn: isReturn)
        }
        guard !names.isEmpty else {
            guard found.isEmpty else { return .failed(.blocked(literal.text), at: literal.range) }
            return .failed(
                .noKernelFunction(literal.text, list: symbols.path, names: Array(symbols.functions)),
                at: literal.range)
        }
        let variables = PointVariables(
            of: "a kernel function without debug information", isReturn: isReturn)
        return .events(
            names.map {
                .init(
                    kind: .kernelFunction($0, module: nil, isReturn: isReturn), mode: .variables(variables))
            })
    }

    // MARK: Modules

    private mutating func module(_ literal: StringLiteral) -> KernelPoint.Result {
        let name = literal.text
        var paths: [(name: String, path: String)] = []
        if name.contains("/") {
            paths = [(name, name)]
        } else {
            switch modulePaths(name) {
            case .found(let found): paths = found
            case .absent(let problem): return .failed(problem, at: literal.range)
            }
        }
        var files: [File] = []
        var firstError: DebugInfoError?
        for path in paths {
            do throws(DebugInfoError) {
                files.append((path.name, try store.module(at: path.path)))
            } catch {
                firstError = firstError ?? error
            }
        }
        if files.isEmpty, let firstError { return .refused(.binary(firstError), at: literal.range) }
        let binaries = files.map(\.binary)
        let result = search(in: files) { function in
            .noModuleFunction(
                function, module: name, names: Array(Set(binaries.flatMap(\.allFunctionNames))))
        }
        // A module with symbols but without DWARF has no line, no variable and no inlined function.
        guard case .failed = result, binaries.count == 1,
            case .noDebugInfo(_, let search)? = Self.error(of: binaries[0]),
            Self.needsDWARF(place, suffix)
                || binaries[0].probeSites(matching: FunctionPattern(name: "*")).isEmpty
        else { return result }
        return .failed(
            .noModuleDebugInfo(
                name, release: name.contains("/") ? nil : store.context.release, search: search),
            at: literal.range)
    }

    private enum Paths {
        case found([(name: String, path: String)])
        case absent(KernelPointProblem)
    }

    private mutating func modulePaths(_ name: String) -> Paths {
        let modules = store.modules
        let glob = Glob(name)
        if glob.isPattern {
            let found = modules.isInstalled ? modules.files(matching: glob) : []
            return found.isEmpty
                ? .absent(.noModuleOfPattern(name, release: store.context.release)) : .found(found)
        }
        let lookup = modules.lookup(name)
        guard case .file(let path, let isLoaded) = lookup else {
            return .absent(Self.problem(lookup, name, store))
        }
        if !isLoaded, store.context.isRunning {
            warnings.append((.moduleNotLoaded(name), point.components[0].range))
        }
        return .found([(name, path)])
    }

    /// Why a module has no file.
    private static func problem(
        _ lookup: KernelModules.Lookup, _ name: String, _ store: KernelStore
    ) -> KernelPointProblem {
        let (modules, release) = (store.modules, store.context.release)
        return switch lookup {
        case .builtIn: .moduleBuiltIn(name)
        case .loadedOnly: .moduleLoadedOnly(name, release: release)
        case .notInstalled: .moduleNotInstalled(name, release: release)
        case .notFound where !modules.isInstalled: .noModules(release: release, folder: modules.folder)
        case .notFound, .file: .noModule(name, release: release, names: modules.names)
        }
    }

    /// The kernel, or a module, whose types and variables `@cast` or `@var` asks for by its name.
    static func binary(
        _ name: String, _ store: KernelStore, at range: SourceRange
    ) throws(ProcessPoint.Failure) -> Binary {
        let release = store.context.release
        func failure(_ problem: KernelPointProblem) -> ProcessPoint.Failure {
            .init(problem: .kernel(problem), range: range)
        }
        let found: Binary?
        do throws(DebugInfoError) {
            if name == "kernel" {
                found = try store.describedImage()
            } else if case .file(let path, _) = store.modules.lookup(name) {
                found = try store.module(at: path)
            } else {
                found = nil
            }
        } catch {
            throw .init(problem: .binary(error), range: range)
        }
        guard let found else {
            throw failure(
                name == "kernel"
                    ? .noKernelDebugInfo(release: release, missing: store.imageCandidates)
                    : problem(store.modules.lookup(name), name, store))
        }
        if case .noDebugInfo(_, let search)? = error(of: found) {
            throw failure(.noModuleDebugInfo(name, release: release, search: search))
        }
        return found
    }

    private static func error(of binary: Binary) -> DebugInfoError? {
        do throws(DebugInfoError) {
            _ = try binary.debugInfo()
            return nil
        } catch { return error }
    }

    private static func needsDWARF(
        _ place: ProbePoint.Component, _ suffix: ProbePoint.Component?
    ) -> Bool {
        guard place.name.text == "function", let literal = KernelPoint.string(place) else { return true }
        return literal.text.contains("@")
            || !["call", "return", "exported", nil].contains(suffix?.name.text)
    }

    // MARK: Both

    /// A file, and the module that it is.
    private typealias File = (module: String, binary: Binary)

    /// How stap lists a point up to a file.
    private static func listed(_ file: File) -> String {
        file.module == "kernel" ? "kernel" : "module(\"\(file.module)\")"
    }

    /// Finds a pattern or an address in files, as in a program's.
    private func search(in files: [File], absent: (String) -> KernelPointProblem) -> KernelPoint.Result {
        let suffixes = point.components.dropFirst(2)
        do throws(ProcessPoint.Failure) {
            if let places = AddressPlaces(place, suffixes) { return .matches(try matches(places, in: files)) }
            guard let literal = KernelPoint.string(place) else { return .matches([]) }
            let places = try FunctionPlaces(literal, place.name.text, suffixes)
            let binaries = files.map(\.binary)
            let found = zip(try places.sites(in: binaries), files)
            let matches = found.map { ($0.filter(isAllowed(in: $1.binary, places.variant)), $1) }
                .filter { !$0.0.isEmpty }
            guard !matches.isEmpty else {
                guard found.allSatisfy(\.0.isEmpty) else {
                    return .failed(.blocked(places.name), at: literal.range)
                }
                if let absence = places.absence(in: binaries) { throw absence }
                return .failed(absent(places.name), at: literal.range)
            }
            return .matches(
                matches.map { sites, file in
                    ProcessMatch(
                        binary: file.binary, places: .sites(sites, places.variant),
                        frame: .init(
                            program: Self.listed(file), component: place.name.text,
                            suffix: places.listedSuffix), kernelModule: file.module)
                })
        } catch {
            return .refused(error.problem, at: error.range)
        }
    }

    /// What stap does not take for too dangerous to be probed.
    private func isAllowed(in binary: Binary, _ variant: ProbeVariant) -> (ProbeSite) -> Bool {
        guard !store.context.isGuru else { return { _ in true } }
        let blocklist = KernelBlocklist(binary)
        return { blocklist.allows($0, isReturn: variant == .return) }
    }

    /// Finds an address in files; the first file's trouble is told where none has it.
    private func matches(
        _ places: AddressPlaces, in files: [File]
    ) throws(ProcessPoint.Failure) -> [ProcessMatch] {
        var found: [ProcessMatch] = []
        var first: ProcessPoint.Failure?
        for file in files {
            do throws(ProcessPoint.Failure) {
                let site = try places.site(in: file.binary, namedAt: point.components[0].range)
                guard isAllowed(in: file.binary, places.variant)(site) else {
                    throw .init(problem: .kernel(.blocked(site.name)), range: place.range)
                }
                found.append(
                    ProcessMatch(
                        binary: file.binary, places: .sites([site], places.variant),
                        frame: .init(
                            program: Self.listed(file), component: place.name.text,
                            suffix: point.components.dropFirst(2).map { ".\(Resolution.text(of: $0))" }
                                .joined(), isNumber: true), kernelModule: file.module))
            } catch {
                first = first ?? error
            }
        }
        if found.isEmpty, let first { throw first }
        return found
    }
}
