import BPFCompiler
import Backtraces
import DebugInfo
import Interpreter

/// Tells the kernel's stacks and symbols, in the forms of stap's functions for them.
struct KernelStackReader {
    private let addresses: KernelAddresses?
    /// MAXBACKTRACE.
    private let depth: Int
    private var memo = BacktraceMemo()

    /// Reads the running kernel's symbols, which not everybody may see.
    init(depth: Int) { self.init(KernelAddresses(KernelAddresses.list), depth: depth) }

    /// Takes symbols; nil where there are none to be seen.
    init(_ addresses: KernelAddresses?, depth: Int = 20) {
        (self.addresses, self.depth) = (addresses, depth)
    }

    /// Whether no symbol is known.
    var isBlind: Bool { addresses == nil }

    /// A stack as the kernel gave it, addresses of 8 bytes each, the innermost first.
    mutating func text(of stack: [UInt8], _ form: BacktraceForm) -> [UInt8] {
        let counters = stride(from: 0, to: stack.count / 8 * 8, by: 8).map {
            UInt64(bitPattern: stack.integer(at: $0))
        }
        let (addresses, form, depth) = (addresses, form, depth)
        return memo.text(of: counters, form, process: 0) {
            let frames = counters.drop { Self.isOfTracing(addresses?.function(at: $0)) }
            return frames.prefix(depth).flatMap {
                Array(Self.text(of: $0, AddressForm(form), addresses).utf8)
            }
        }
    }

    /// What is at an address.
    func text(of address: UInt64, _ form: AddressForm) -> String { Self.text(of: address, form, addresses) }

    private static func text(of address: UInt64, _ form: AddressForm, _ addresses: KernelAddresses?) -> String
    {
        var name = AddressName()
        if form != .hexadecimal, let function = addresses?.function(at: address) {
            name.symbol = function.place
            name.module = .init(name: function.module, offset: 0, size: 0)
        }
        return form.text(address, name)
    }

    /// Whether a function is there only because a BPF program runs at a tracepoint.
    private static func isOfTracing(_ function: (place: SymbolPlace, module: String)?) -> Bool {
        guard let function else { return false }
        return function.module == "bpf"
            || ["bpf_get_stack", "bpf_trace_run", "__bpf_trace_", "__traceiter_", "__probestub_"].contains {
                function.place.name.hasPrefix($0)
            }
    }
}
