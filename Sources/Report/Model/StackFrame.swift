/// A frame of a backtrace without the address that differs from process to process.
public struct StackFrame: Sendable, Hashable {
    /// The function, as stap names it.
    public var symbol: String?
    /// The offset from the function's start or, without a function, from the module's.
    public var offset: UInt64?
    /// The executable's, library's or kernel module's path or name; `kernel` for the kernel itself.
    public var module: String?
    /// The address, where neither function nor module is known.
    public var address: UInt64?
    /// The source line (`FILE:LINE`), where the script printed it.
    public var source: String?
    /// Whether the kernel's unwinder guessed it (`(inexact)`).
    public var isInexact: Bool

    /// Creates a frame.
    public init(
        symbol: String? = nil, offset: UInt64? = nil, module: String? = nil, address: UInt64? = nil,
        source: String? = nil, isInexact: Bool = false
    ) {
        self.symbol = symbol
        self.offset = offset
        self.module = module
        self.address = address
        self.source = source
        self.isInexact = isInexact
    }

    /// The part of the module's path behind the last slash.
    var moduleName: String? {
        module.map { String($0.split(separator: "/").last ?? Substring($0)) }
    }
}

/// A backtrace, the innermost frame first.
public struct Stack: Sendable, Hashable {
    /// The frames; none where stap could not unwind at all.
    public var frames: [StackFrame]
    /// Whether the last frame is one that a thread starts in, so that nothing is missing below it, and no other one
    /// is of another stack.
    public var isComplete: Bool

    /// Creates a stack.
    public init(frames: [StackFrame]) {
        self.frames = frames
        self.isComplete = FrameRole.areComplete(frames.lazy.map(FrameRole.init))
    }
}
