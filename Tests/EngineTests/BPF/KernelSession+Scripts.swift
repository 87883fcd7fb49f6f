import BPFCompiler
import Diagnostics
import Interpreter
import Lowering

@testable import Engine

extension KernelSession {
    /// Looks what a script asks for that cannot be done.
    static func check(_ program: Program, _ options: CompilerOptions) throws(DiagnosticsError) {
        _ = try CompiledScript(program, options)
        _ = try Interpreter(program, store: MemoryStore(program.globals))
    }

    /// Compiles and loads a script; nothing is attached yet.
    init(_ program: Program, _ options: CompilerOptions, target: Int32 = 0, ringBytes: Int) throws {
        var options = options
        options.hasTarget = target != 0
        try self.init(CompiledScript(program, options), target: target, ringBytes: ringBytes)
    }
}
