import CElfutils
import Glibc

/// A function of the source, as DWARF describes it.
public struct Function {
    let dwarf: DWARF
    let die: DIE
    let unitDIE: DIE

    /// The name in the source, without scopes.
    public var name: String { die.name ?? "" }
    /// The mangled name that the linker sees, where it differs.
    public var linkageName: String? { die.linkageName }
    /// The offset of its entry in the DWARF, which tells it from every other.
    public var id: UInt64 { die.offset }
    /// The unit that it was compiled in.
    public var unit: CompilationUnit { CompilationUnit(dwarf: dwarf, die: unitDIE) }
    /// The source file that declares it, as DWARF names it.
    public var sourceFile: String? {
        dwarf.declarationFile(of: die) ?? die.lowPC.flatMap { SourceLines.record(at: $0, in: unitDIE)?.file }
    }
    /// The line that declares it.
    public var line: Int? {
        die.declarationLine ?? die.lowPC.flatMap { SourceLines.record(at: $0, in: unitDIE)?.line }
    }
    /// Whether this is the abstract form of a function that was inlined; its code is in other places.
    public var isInlined: Bool { die.isInlined }
    /// Whether it is visible outside its source file.
    public var isExternal: Bool { die.flag(DW_AT_external) }
    /// Whether it is only declared here.
    public var isDeclaration: Bool { die.isDeclaration }
    /// The address of its first instruction in the file's address space; nil where it has no code of its own.
    public var entry: UInt64? { die.entryPC }
    /// Every stretch of its code.
    public var ranges: [Range<UInt64>] { die.ranges() }
    /// What it returns; nil for void.
    public var returnType: DWARFType? { die.reference(DW_AT_type).map { DWARFType(dwarf: dwarf, die: $0) } }
    /// The names of the namespaces and classes around it, the outermost first.
    public var scopes: [String] {
        dwarf.enclosingScopes(of: die, unit: unitDIE).map { $0.name ?? "" }.reversed()
    }
    /// The names of the parameters in their order.
    public var parameterNames: [String] {
        die.children.filter { $0.tag == DW_TAG_formal_parameter }.compactMap(\.name)
    }
}
