import DebugInfo
public import ProcessMaps

/// Finds the callers that a stack sample holds, by the call frame information of the modules.
///
/// It walks from frame to frame with one row of call frame information each (``ModuleCatalog`` remembers them by
/// file and offset), so that libdw is asked once for each place in the code and not once for each stack. It needs no
/// frame pointers, and never guesses: where information is missing, it says what. Not for concurrent use.
public final class Unwinder {
    /// What knows the modules' files.
    public let catalog: ModuleCatalog
    private var state: FrameState

    /// Creates an unwinder that asks a catalog.
    public init(_ catalog: ModuleCatalog = ModuleCatalog()) {
        self.catalog = catalog
        self.state = FrameState(catalog.architecture)
    }

    /// The callers that a sample holds.
    ///
    /// - Parameters:
    ///   - sample: registers and stack, of the catalog's architecture.
    ///   - space: what the process had mapped then.
    ///   - limit: how many program counters at most; stap's `MAXBACKTRACE` is 20.
    /// - Returns: at least the sample's own program counter.
    public func unwind(_ sample: StackSample, in space: AddressSpace, limit: Int = 20) -> Backtrace {
        precondition(sample.registers.architecture == catalog.architecture)
        return sample.stack.withUnsafeBytes { bytes in
            let memory = StackMemory(
                start: sample.stackAddress, bytes: bytes, hiddenReturns: sample.hiddenReturns)
            state.start(sample.registers)
            var pc = sample.registers.programCounter
            var found = [pc]
            // A return address may lie behind the function that made the call, which then never returns; the call lies
            // before it.
            var isInterrupted = true
            while true {
                do throws(UnwindFailure) {
                    let (row, name) = try row(at: isInterrupted ? pc : pc &- 1, space)
                    do throws(UnwindFailure) {
                        guard let caller = try state.step(row, isInterrupted: isInterrupted, memory) else {
                            return Backtrace(programCounters: found, end: .complete)
                        }
                        pc = caller
                    } catch {
                        guard case .badData = error else { throw error }
                        throw .cut(.badUnwindData(module: name))
                    }
                    isInterrupted = row.isSignalFrame
                    if space.mapping(at: pc)?.file.kind == .returnProbes { throw .cut(.hiddenReturn) }
                    guard space.mapping(at: isInterrupted ? pc : pc &- 1) != nil else {
                        throw .cut(.noCode(pc))
                    }
                } catch {
                    guard case .cut(let cut) = error else { preconditionFailure("bad data has a module") }
                    return Backtrace(programCounters: found, end: .cut(cut))
                }
                guard found.count < limit else { return Backtrace(programCounters: found, end: .limit) }
                found.append(pc)
            }
        }
    }

    /// The row that holds for an address, and the module's name.
    private func row(
        at address: UInt64, _ space: AddressSpace
    ) throws(UnwindFailure) -> (UnwindRow, module: String) {
        guard let mapping = space.mapping(at: address) else { throw .cut(.noCode(address)) }
        let name = mapping.file.name
        guard mapping.file.kind == .file || mapping.file.kind == .vdso else {
            throw .cut(.noUnwindData(module: name))
        }
        let module = catalog.module(mapping, of: space.process)
        if let row = catalog.row(module, at: mapping.fileOffset(of: address)) { return (row, name) }
        if let reason = module.failure { throw .cut(.unreadableModule(name, reason: reason)) }
        throw .cut(.noUnwindData(module: name))
    }
}
