import BPF
import Diagnostics
import Lowering

/// Regular expressions.
extension HandlerCompiler {
    func match(_ operand: Term, _ pattern: Int, ifFalse no: Assembler.Label, at range: SourceRange) {
        report(.pattern, at: range)
    }
}
