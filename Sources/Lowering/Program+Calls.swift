extension Program {
    /// Whether a handler or function calls a built-in function.
    public func calls(_ intrinsic: Intrinsic) -> Bool {
        handlers.contains { handler in
            handler.condition?.calls(intrinsic) == true || handler.body.calls(intrinsic)
        } || functions.contains { $0.body.calls(intrinsic) }
    }
}

extension Term {
    fileprivate func calls(_ intrinsic: Intrinsic) -> Bool {
        if case .intrinsic(intrinsic, _) = kind { return true }
        return kind.terms.contains { $0.calls(intrinsic) }
    }
}

extension [Action] {
    fileprivate func calls(_ intrinsic: Intrinsic) -> Bool {
        contains { action in
            action.kind.terms.contains { $0.calls(intrinsic) } || action.kind.bodies.contains { $0.calls(intrinsic) }
        }
    }
}
