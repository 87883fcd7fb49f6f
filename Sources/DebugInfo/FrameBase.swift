import CElfutils
import Glibc

/// The unwind tables of a binary, as far as they tell where a frame begins.
final class CallFrames {
    private let tables: OpaquePointer
    private let isOwned: Bool

    /// Reads `.eh_frame`, or else `.debug_frame`; nil where there is neither.
    init?(binary: ELFHandle, dwarf: DWARFHandle) {
        if let found = dwarf_getcfi_elf(binary.elf) {
            tables = found
            isOwned = true
        } else if let found = dwarf_getcfi(dwarf.dwarf) {
            tables = found
            isOwned = false
        } else {
            return nil
        }
    }

    deinit { if isOwned { dwarf_cfi_end(tables) } }

    /// The canonical frame address at an instruction: DWARF 5, section 6.4.
    func canonicalFrameAddress(at pc: UInt64) -> [Location.Operation]? {
        var frame: OpaquePointer?
        guard dwarf_cfi_addrframe(tables, pc, &frame) == 0, let frame else { return nil }
        defer { free(UnsafeMutableRawPointer(frame)) }
        var operations: UnsafeMutablePointer<Dwarf_Op>?
        var count = 0
        guard dwarf_frame_cfa(frame, &operations, &count) == 0, let operations, count > 0 else { return nil }
        return UnsafeBufferPointer(start: operations, count: min(count, 64)).map {
            Location.Operation(code: $0.atom, first: $0.number, second: $0.number2)
        }
    }
}

extension ProbeSite {
    /// A location whose places in the frame (`DW_OP_fbreg`, `DW_OP_call_frame_cfa`) are told by registers alone, so
    /// that it can be read with nothing else at hand; nil where the frame's place is unknown.
    public func withoutFrame(_ location: Location) -> Location? {
        guard location.operations.contains(where: { Self.isOfFrame($0) }) else { return location }
        var operations: [Location.Operation] = []
        for operation in location.operations {
            switch Int(operation.code) {
            case DW_OP_fbreg:
                guard let base = frameBase else { return nil }
                operations += base
                operations.append(.init(code: UInt8(DW_OP_consts), first: operation.first, second: 0))
                operations.append(.init(code: UInt8(DW_OP_plus), first: 0, second: 0))
            case DW_OP_call_frame_cfa:
                guard let frame = dwarf?.callFrames?.canonicalFrameAddress(at: variablesAddress) else {
                    return nil
                }
                operations += frame
            default: operations.append(operation)
            }
        }
        return Location(operations: operations)
    }

    private static func isOfFrame(_ operation: Location.Operation) -> Bool {
        [DW_OP_fbreg, DW_OP_call_frame_cfa].contains(Int(operation.code))
    }

    /// The address that `DW_OP_fbreg` counts from.
    private var frameBase: [Location.Operation]? {
        guard let function = physicalFunction,
            let base = function.location(DW_AT_frame_base, at: variablesAddress)
        else { return nil }
        if base.operations.count == 1, let first = base.operations.first {
            switch Int(first.code) {
            case DW_OP_call_frame_cfa:
                return dwarf?.callFrames?.canonicalFrameAddress(at: variablesAddress)
            case DW_OP_reg0...DW_OP_reg31:
                let number = Int(first.code) - DW_OP_reg0
                return [.init(code: UInt8(DW_OP_breg0 + number), first: 0, second: 0)]
            case DW_OP_regx: return [.init(code: UInt8(DW_OP_bregx), first: first.first, second: 0)]
            default: break
            }
        }
        return base.operations.contains { Self.isOfFrame($0) } ? nil : base.operations
    }

    /// The function whose code the address lies in, also where an inlined one is probed.
    private var physicalFunction: DIE? {
        let address = variablesAddress
        if let own = scope.chain.first(where: { $0.tag == DW_TAG_subprogram && $0.contains(address) }) {
            return own
        }
        return scope.unit?.function(at: address)
    }
}

extension DIE {
    /// The function below a unit whose code an address lies in, also where it stands in a namespace or class, which
    /// dwarf_getscopes(3) passes over.
    fileprivate func function(at address: UInt64) -> DIE? {
        var mark = WalkMark()
        return function(at: address, depth: 0, &mark)
    }

    private func function(at address: UInt64, depth: Int, _ mark: inout WalkMark) -> DIE? {
        for child in children {
            guard mark.passes(child) else { return nil }
            switch child.tag {
            case DW_TAG_subprogram where child.contains(address): return child
            case DW_TAG_namespace, DW_TAG_module, DW_TAG_class_type, DW_TAG_structure_type, DW_TAG_union_type:
                guard depth < 64, child.hasChildren else { continue }
                if let found = child.function(at: address, depth: depth + 1, &mark) { return found }
            default: break
            }
        }
        return nil
    }
}
