public import Diagnostics

extension EngineError {
    /// The error in words, placed in the expanded script where stap says so.
    public func diagnostics(in script: SourceFile?) -> [Diagnostic] { [.error("\(self)")] }
}

extension StapMessage {
    /// The message in words, placed in the expanded script where it says so.
    public func diagnostic(in script: SourceFile?) -> Diagnostic { Diagnostic(severity, text) }
}
