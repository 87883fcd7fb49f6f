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
            if let binary = try store.image?.get(), (try? binary.debugInfo()) != nil {
                return search(place, in: [binary]) { [store] name in
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
        let names = symbols.functions.filter { pattern.name.matches($0) }.sorted()
        guard !names.isEmpty else {
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
            paths = [(KernelModules.moduleName(ofFile: name) ?? name, name)]
        } else {
            switch modulePaths(name) {
            case .found(let found): paths = found
            case .absent(let problem): return .failed(problem, at: literal.range)
            }
        }
        var binaries: [Binary] = []
        var firstError: DebugInfoError?
        for path in paths {
            do throws(DebugInfoError) { binaries.append(try store.module(at: path.path)) } catch {
                firstError = firstError ?? error
            }
        }
        if binaries.isEmpty, let firstError { return .refused(.binary(firstError), at: literal.range) }
        let result = search(place, in: binaries) { function in
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
        let release = store.context.release
        let modules = store.modules
        let glob = Glob(name)
        if glob.isPattern {
            let found = modules.isInstalled ? modules.files(matching: glob) : []
            return found.isEmpty ? .absent(.noModuleOfPattern(name, release: release)) : .found(found)
        }
        switch modules.lookup(name) {
        case .file(let path, let isLoaded):
            if !isLoaded, store.context.isRunning {
                warnings.append((.moduleNotLoaded(name), point.components[0].range))
            }
            return .found([(name, path)])
        case .builtIn: return .absent(.moduleBuiltIn(name))
        case .loadedOnly: return .absent(.moduleLoadedOnly(name, release: release))
        case .notInstalled: return .absent(.moduleNotInstalled(name, release: release))
        case .notFound where !modules.isInstalled:
            return .absent(.noModules(release: release, folder: modules.folder))
        case .notFound: return .absent(.noModule(name, release: release, names: modules.names))
        }
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

    /// Finds a pattern in binaries, as in a program's.
    private func search(
        _ place: ProbePoint.Component, in binaries: [Binary], absent: (String) -> KernelPointProblem
    ) -> KernelPoint.Result {
        guard let literal = KernelPoint.string(place) else { return .unchecked(.kind("address"), .unknown) }
        do throws(ProcessPoint.Failure) {
            let places = try FunctionPlaces(literal, place.name.text, point.components.dropFirst(2))
            let sites = zip(try places.sites(in: binaries), binaries).flatMap { sites, binary in
                sites.map { KernelPoint.Site(site: $0, binary: binary) }
            }
            guard !sites.isEmpty else {
                if let absence = places.absence(in: binaries) { throw absence }
                return .failed(absent(places.name), at: literal.range)
            }
            return .sites(sites, isReturn: places.variant == .return)
        } catch {
            return .refused(error.problem, at: error.range)
        }
    }
}
