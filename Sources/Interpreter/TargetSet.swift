/// The target and its descendants.
public protocol TargetSet: AnyObject {
    /// Whether a process is one of them.
    func contains(_ process: Int64) throws(RuntimeError) -> Bool

    /// Those that live, by their ids, with their parents.
    func members() throws(RuntimeError) -> [(process: Int64, parent: Int64)]
}

extension EventContext {
    /// Nobody keeps account of the target's descendants.
    public var targetSet: any TargetSet { UnknownEvent() }
}

extension TargetSet {
    /// `target_set_report`, as the tapset prints it.
    func report() throws(RuntimeError) -> [UInt8] {
        let lines = try members().map { "\($0.parent) begat \($0.process)\n" }
        return Array(("target set:\n" + lines.joined()).utf8)
    }
}
