import DebugInfo
import Diagnostics
import StapLanguage

/// `kprobe.…`: functions and addresses of the kernel without debug information.
struct KprobePoint {
    private let point: ProbePoint
    private let store: KernelStore
    private(set) var warnings: [(problem: KernelPointProblem, range: SourceRange)] = []

    init(_ point: ProbePoint, _ store: KernelStore) {
        self.point = point
        self.store = store
    }

    mutating func resolve() -> KernelPoint.Result {
        let isReturn = point.components.contains { $0.name.text == "return" }
        let mode = HandlerCheck.Mode.variables(PointVariables(of: "a kprobe", isReturn: isReturn))
        let first = point.components[1]
        switch first.name.text {
        case "statement":
            let address = UInt64(bitPattern: KernelPoint.number(first) ?? 0)
            return .events([.init(kind: .kernelAddress(address), mode: mode)])
        case "module":
            guard let module = KernelPoint.string(first),
                let function = KernelPoint.string(point.components[2])
            else { return .unchecked(.pattern, mode) }
            check(module, function)
            return .events([
                .init(
                    kind: .kernelFunction(function.text, module: module.text, isReturn: isReturn), mode: mode)
            ])
        default:
            guard let literal = KernelPoint.string(first) else { return .unchecked(.pattern, mode) }
            guard let symbols = store.symbols else { return .unchecked(.kernelSymbolsUnknown, mode) }
            let glob = Glob(literal.text)
            let names =
                glob.isPattern
                ? symbols.functions.filter { glob.matches($0) }.sorted()
                : symbols.hasFunction(literal.text) ? [literal.text] : []
            guard !names.isEmpty else {
                return .failed(
                    .noKernelFunction(literal.text, list: symbols.path, names: Array(symbols.functions)),
                    at: literal.range)
            }
            return .events(
                names.map {
                    .init(kind: .kernelFunction($0, module: nil, isReturn: isReturn), mode: mode)
                })
        }
    }

    /// stap looks at neither name before the module is loaded, so nothing here is more than odd.
    private mutating func check(_ module: StringLiteral, _ function: StringLiteral) {
        warnings.append(
            (.kprobeOfModule(function.text, module: module.text), point.components[0].name.range))
        guard store.modules.isInstalled else { return }
        switch store.modules.lookup(module.text) {
        case .file(let path, _):
            guard let binary = try? store.module(at: path),
                !binary.symbols.symbols.contains(where: { $0.name == function.text })
            else { return }
            warnings.append(
                (
                    .noModuleFunction(
                        function.text, module: module.text, names: binary.allFunctionNames), function.range
                ))
        case .builtIn: warnings.append((.moduleBuiltIn(module.text), module.range))
        case .notInstalled:
            warnings.append((.moduleNotInstalled(module.text, release: store.context.release), module.range))
        case .notFound:
            warnings.append(
                (
                    .noModule(module.text, release: store.context.release, names: store.modules.names),
                    module.range
                ))
        case .loadedOnly: break
        }
    }
}
