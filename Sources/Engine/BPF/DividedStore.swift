import BPFCompiler
import Interpreter
import Lowering

/// The global variables of a script: those that handlers in the kernel use in their maps, the others in our memory.
final class DividedStore: GlobalStore {
    private let kernel: MapStore
    private let own: MemoryStore
    private let isOwn: [Bool]

    init(_ session: KernelSession, digestKeys: (UInt64, UInt64), limits: RuntimeLimits) {
        kernel = MapStore(session, digestKeys: digestKeys)
        own = MemoryStore(session.program.globals, limits: limits)
        isOwn = session.program.globals.indices.map { session.placement.processGlobals.contains($0) }
    }

    private func store(_ global: Int) -> any GlobalStore { isOwn[global] ? own : kernel }

    func scalar(_ global: Int) throws(RuntimeError) -> Value { try store(global).scalar(global) }

    func setScalar(_ global: Int, _ value: Value) throws(RuntimeError) {
        try store(global).setScalar(global, value)
    }

    func element(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Value? {
        try store(global).element(global, keys)
    }

    func setElement(_ global: Int, _ keys: [Value], _ value: Value) throws(RuntimeError) {
        try store(global).setElement(global, keys, value)
    }

    func contains(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Bool {
        try store(global).contains(global, keys)
    }

    func remove(_ global: Int, _ keys: [Value]) throws(RuntimeError) {
        try store(global).remove(global, keys)
    }

    func clear(_ global: Int) throws(RuntimeError) { try store(global).clear(global) }

    func elements(_ global: Int) throws(RuntimeError) -> [(keys: [Value], value: Value)] {
        try store(global).elements(global)
    }

    func statistics(_ global: Int) throws(RuntimeError) -> [(keys: [Value], value: Statistic)] {
        try store(global).statistics(global)
    }

    func reorder(_ global: Int, _ keys: [[Value]]) throws(RuntimeError) {
        try store(global).reorder(global, keys)
    }

    func accumulate(_ global: Int, _ keys: [Value], _ value: Int64) throws(RuntimeError) {
        try store(global).accumulate(global, keys, value)
    }

    func statistic(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Statistic? {
        try store(global).statistic(global, keys)
    }
}
