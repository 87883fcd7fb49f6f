import StapLanguage

extension Handler {
    /// Whether it does nothing in any process but `target()`: all that has an effect stands behind
    /// `pid() == target()`.
    public var isOfTargetAlone: Bool {
        !body.isEmpty && body.allSatisfy { $0.isOfTargetAlone }
    }
}

extension Action {
    fileprivate var isOfTargetAlone: Bool {
        switch kind {
        case .choose(let condition, _, let otherwise): condition.requiresTarget && otherwise.isEmpty
        case .evaluate(let term):
            if case .assign(.local, let value) = term.kind { value.isOfNoConsequence } else { false }
        default: false
        }
    }
}

extension Term {
    /// Whether it holds in the target alone.
    fileprivate var requiresTarget: Bool {
        switch kind {
        case .binary(.and, let left, let right):
            left.requiresTarget || left.isOfNoConsequence && right.requiresTarget
        case .binary(.equal, let left, let right):
            left.isCall(of: .pid) && right.isCall(of: .target)
                || left.isCall(of: .target) && right.isCall(of: .pid)
        default: false
        }
    }

    private func isCall(of function: Intrinsic) -> Bool {
        if case .intrinsic(function, _) = kind { true } else { false }
    }

    /// Whether it neither changes anything nor can fail.
    fileprivate var isOfNoConsequence: Bool {
        switch kind {
        case .number, .text, .local: true
        case .intrinsic(let function, let arguments):
            arguments.isEmpty && [.pid, .tid, .target, .cpu, .uid, .gid].contains(function)
        default: false
        }
    }
}
