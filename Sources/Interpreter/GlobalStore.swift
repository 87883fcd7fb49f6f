public import Lowering

/// Where a script's global variables are: in our memory, or in BPF maps that handlers in the kernel share.
///
/// Variables go by their index in ``Program/globals``; a scalar statistic is the element without keys.
public protocol GlobalStore: AnyObject {
    /// A scalar's value.
    func scalar(_ global: Int) throws(RuntimeError) -> Value
    /// Sets a scalar.
    func setScalar(_ global: Int, _ value: Value) throws(RuntimeError)

    /// An element; nil where there is none.
    func element(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Value?
    /// Sets an element, which becomes the youngest if it is new. A full array refuses it or drops its first.
    func setElement(_ global: Int, _ keys: [Value], _ value: Value) throws(RuntimeError)
    /// Whether there is an element, of values or statistics.
    func contains(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Bool
    /// Removes an element, if there is one.
    func remove(_ global: Int, _ keys: [Value]) throws(RuntimeError)
    /// Empties an array or statistic; a scalar becomes 0 or the empty string.
    func clear(_ global: Int) throws(RuntimeError)

    /// All elements of an array of values, in their order.
    func elements(_ global: Int) throws(RuntimeError) -> [(keys: [Value], value: Value)]
    /// All elements of an array of statistics, in their order.
    func statistics(_ global: Int) throws(RuntimeError) -> [(keys: [Value], value: Statistic)]
    /// Puts an array of values into another order, which it keeps: stap's `foreach` sorts the array itself. A store
    /// without an order of its own may do nothing.
    func reorder(_ global: Int, _ keys: [[Value]]) throws(RuntimeError)

    /// Adds a value to a statistic.
    func accumulate(_ global: Int, _ keys: [Value], _ value: Int64) throws(RuntimeError)
    /// A statistic; nil where nothing was ever added.
    func statistic(_ global: Int, _ keys: [Value]) throws(RuntimeError) -> Statistic?
}
