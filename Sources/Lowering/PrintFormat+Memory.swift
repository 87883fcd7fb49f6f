extension PrintFormat {
    /// An argument of `%m` or `%M`: an address, whose memory is printed.
    public struct MemoryArgument: Sendable {
        /// How many bytes are printed.
        public enum Size: Sendable {
            /// As many.
            case fixed(Int)
            /// As many as an argument says, by its index.
            case argument(Int)
        }

        /// Its index among the arguments.
        public var index: Int
        /// How many bytes are printed: at least one, at most ``greatestSize``.
        public var size: Size
        /// `#`: of the traced program's memory, not of the kernel's.
        public var isUser: Bool

        /// The most bytes, STP_BUFFER_SIZE of stap's runtime.
        public static let greatestSize = 8192
    }

    /// The arguments whose memory is printed, in their order.
    public var memoryArguments: [MemoryArgument] {
        var found: [MemoryArgument] = []
        var next = 0
        for case .conversion(let conversion) in pieces {
            if conversion.width == .argument { next += 1 }
            var size = MemoryArgument.Size.fixed(1)
            switch conversion.precision {
            case .none: break
            case .fixed(let count): size = .fixed(count)
            case .argument:
                size = .argument(next)
                next += 1
            }
            if conversion.kind == .memory || conversion.kind == .hexadecimalMemory {
                found.append(MemoryArgument(index: next, size: size, isUser: conversion.isAlternate))
            }
            next += 1
        }
        return found
    }
}
