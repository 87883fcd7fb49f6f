import CElfutils
import DebugInfo

/// Computes DWARF expressions (DWARF 5, section 2.5.1) as call frame information uses them: linkage tables, signal
/// frames, realigned stacks.
enum ExpressionMachine {
    /// No expression of a compiler comes near; loops end there.
    private static let stepLimit = 1000
    private static let depthLimit = 64

    /// Runs an expression.
    ///
    /// - Parameters:
    ///   - location: The expression.
    ///   - frameAddress: What `DW_OP_call_frame_cfa` stands for, where it is known.
    ///   - frame: The frame's registers.
    ///   - memory: The stack.
    /// - Returns: The value that is uppermost at the end.
    /// - Throws: Where memory or a register is missing, or the expression makes no sense.
    static func run(
        _ location: Location, frameAddress: UInt64?, _ frame: borrowing FrameState, _ memory: StackMemory
    ) throws(UnwindFailure) -> UInt64 {
        let operations = location.operations
        var stack: [UInt64] = []
        var steps = 0
        var index = 0
        func pop() throws(UnwindFailure) -> UInt64 {
            guard let value = stack.popLast() else { throw .badData }
            return value
        }
        while index < operations.count {
            steps += 1
            guard steps <= stepLimit, stack.count <= depthLimit else { throw .badData }
            let operation = operations[index]
            let code = Int(operation.code)
            index += 1
            switch code {
            case DW_OP_lit0...DW_OP_lit31: stack.append(UInt64(code - DW_OP_lit0))
            case DW_OP_breg0...DW_OP_breg31:
                stack.append(try frame.value(of: UInt8(code - DW_OP_breg0), memory) &+ operation.first)
            case DW_OP_bregx:
                guard operation.first < 64 else { throw .badData }
                stack.append(try frame.value(of: UInt8(operation.first), memory) &+ operation.second)
            case DW_OP_const1u, DW_OP_const1s, DW_OP_const2u, DW_OP_const2s, DW_OP_const4u, DW_OP_const4s,
                DW_OP_const8u, DW_OP_const8s, DW_OP_constu, DW_OP_consts:
                // libdw has extended the sign already.
                stack.append(operation.first)
            case DW_OP_call_frame_cfa:
                guard let frameAddress else { throw .badData }
                stack.append(frameAddress)
            case DW_OP_deref: stack.append(try memory.word(at: pop()))
            case DW_OP_deref_size: stack.append(try memory.value(at: pop(), size: operation.first))
            case DW_OP_plus_uconst: stack.append(try pop() &+ operation.first)
            case DW_OP_dup:
                let top = try pop()
                stack += [top, top]
            case DW_OP_drop: _ = try pop()
            case DW_OP_swap:
                let (top, below) = (try pop(), try pop())
                stack += [top, below]
            case DW_OP_over, DW_OP_pick:
                let depth = code == DW_OP_over ? 1 : operation.first
                guard depth < stack.count else { throw .badData }
                stack.append(stack[stack.count - 1 - Int(depth)])
            case DW_OP_rot:
                let (first, second, third) = (try pop(), try pop(), try pop())
                stack += [first, third, second]
            case DW_OP_abs: stack.append(Int64(bitPattern: try pop()).magnitude)
            case DW_OP_neg: stack.append(0 &- (try pop()))
            case DW_OP_not: stack.append(~(try pop()))
            case DW_OP_skip, DW_OP_bra:
                if code == DW_OP_bra, try pop() == 0 { continue }
                // libdw gives the operand as it stands, and no offsets of operations by which to follow it.
                throw .badData
            case DW_OP_nop: continue
            default:
                let (right, left) = (try pop(), try pop())
                guard let result = binary(code, left, right) else { throw .badData }
                stack.append(result)
            }
        }
        return try pop()
    }

    private static func binary(_ code: Int, _ left: UInt64, _ right: UInt64) -> UInt64? {
        let (signedLeft, signedRight) = (Int64(bitPattern: left), Int64(bitPattern: right))
        return switch code {
        case DW_OP_plus: left &+ right
        case DW_OP_minus: left &- right
        case DW_OP_mul: left &* right
        case DW_OP_and: left & right
        case DW_OP_or: left | right
        case DW_OP_xor: left ^ right
        case DW_OP_shl: left << right
        case DW_OP_shr: left >> right
        case DW_OP_shra: UInt64(bitPattern: signedLeft >> right)
        case DW_OP_div:
            right == 0
                ? nil : UInt64(bitPattern: signedLeft.dividedReportingOverflow(by: signedRight).partialValue)
        case DW_OP_mod: right == 0 ? nil : left % right
        case DW_OP_eq: left == right ? 1 : 0
        case DW_OP_ne: left != right ? 1 : 0
        case DW_OP_ge: signedLeft >= signedRight ? 1 : 0
        case DW_OP_gt: signedLeft > signedRight ? 1 : 0
        case DW_OP_le: signedLeft <= signedRight ? 1 : 0
        case DW_OP_lt: signedLeft < signedRight ? 1 : 0
        default: nil
        }
    }
}
