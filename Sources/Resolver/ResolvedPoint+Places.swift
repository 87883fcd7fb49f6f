import DebugInfo
import Diagnostics

extension ResolvedPoint {
    init(_ site: ProbeSite, isReturn: Bool, binary: String, range: SourceRange) {
        let kind: Kind =
            switch site.kind {
            case _ where isReturn: .return
            case .function, .symbol: .call
            case .inlined: .inlined
            case .statement: .statement
            case .label: .label
            }
        self.init(
            range: range, binary: binary, function: site.name, kind: kind, address: site.address,
            saving: site.saving, sourceFile: site.sourceFile, line: site.line)
    }

    init(_ mark: StaticMark, binary: String, range: SourceRange) {
        self.init(
            range: range, binary: binary, function: "\(mark.provider):\(mark.name)", kind: .mark,
            address: mark.address, semaphore: mark.semaphore)
    }

    init(_ entry: LinkageEntry, isReturn: Bool, binary: String, range: SourceRange) {
        self.init(
            range: range, binary: binary, function: entry.name, kind: isReturn ? .return : .linkage,
            address: entry.address)
    }
}
