import CBPF
import Glibc

/// What the kernel refused, and how it said so.
public struct BPFError: Error, Sendable, Equatable {
    /// What was asked of it.
    public enum Operation: Sendable, Equatable {
        /// To create a map.
        case createMap(String)
        /// To load a program.
        case loadProgram(String)
        /// To read or change a map.
        case useMap(String)
        /// To watch an instruction of a file.
        case attach(path: String, offset: UInt64)
        /// To watch a tracepoint.
        case attachTracepoint(String)
        /// To watch a function of the kernel.
        case attachKernelFunction(String)
        /// To watch a counter of a processor.
        case attachCounter(type: UInt32, config: UInt64, processor: Int32)
        /// To make a ring buffer known to this process.
        case readRing
        /// To count how often and how long programs run.
        case countRuns
        /// To run a program at once.
        case runProgram(String)
    }

    /// What was asked.
    public var operation: Operation
    /// The error number.
    public var code: Int32
    /// The verifier's words; empty for what is not a program.
    public var log: String = ""
}

/// A descriptor that is closed with its owner: the kernel keeps what it stands for no longer than that, also where
/// this process is killed.
public final class KernelObject: Sendable {
    /// The descriptor.
    public let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
