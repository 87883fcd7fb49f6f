public import Lowering

/// Global variables in our own memory.
public final class MemoryStore: GlobalStore {
    private let variables: [GlobalVariable]
    private let mapEntries: Int
    private var scalars: [Value]
    private var values: [OrderedTable<Value>]
    private var statistics: [OrderedTable<Statistic>]

    /// Creates the variables of a program as they are when the script begins.
    public init(_ variables: [GlobalVariable], limits: RuntimeLimits = RuntimeLimits()) {
        self.variables = variables
        mapEntries = limits.mapEntries
        scalars = variables.map { variable in
            guard case .scalar(let type) = variable.shape else { return .integer(0) }
            return variable.initial ?? type.zero
        }
        values = variables.map { _ in OrderedTable() }
        statistics = variables.map { _ in OrderedTable() }
    }

    private func holdsStatistics(_ global: Int) -> Bool {
        switch variables[global].shape {
        case .statistic, .array(keys: _, .statistic): true
        case .scalar, .array(keys: _, .value): false
        }
    }

    /// A scalar's value.
    public func scalar(_ global: Int) -> Value { scalars[global] }

    /// Sets a scalar.
    public func setScalar(_ global: Int, _ value: Value) { scalars[global] = value }

    /// An element; nil where there is none.
    public func element(_ global: Int, _ keys: [Value]) -> Value? { values[global].element(keys) }

    /// Sets an element.
    public func setElement(_ global: Int, _ keys: [Value], _ value: Value) throws(RuntimeError) {
        if values[global].update(keys, { $0 = value }) { return }
        if try isFull(global, values[global].count) { values[global].removeFirst() }
        values[global].append(keys, value)
    }

    /// Whether a new element needs another's place; an error where it may not take it.
    private func isFull(_ global: Int, _ count: Int) throws(RuntimeError) -> Bool {
        let variable = variables[global]
        guard count >= variable.capacity ?? mapEntries else { return false }
        guard variable.wraps else { throw .arrayOverflow(size: variable.capacity) }
        return true
    }

    /// Whether there is an element.
    public func contains(_ global: Int, _ keys: [Value]) -> Bool {
        holdsStatistics(global) ? statistics[global].contains(keys) : values[global].contains(keys)
    }

    /// Removes an element.
    public func remove(_ global: Int, _ keys: [Value]) {
        values[global].remove(keys)
        statistics[global].remove(keys)
    }

    /// Empties a variable.
    public func clear(_ global: Int) {
        values[global].removeAll()
        statistics[global].removeAll()
        if case .scalar(let type) = variables[global].shape { scalars[global] = type.zero }
    }

    /// All elements of an array of values.
    public func elements(_ global: Int) -> [(keys: [Value], value: Value)] { values[global].elements }

    /// All elements of an array of statistics.
    public func statistics(_ global: Int) -> [(keys: [Value], value: Statistic)] {
        statistics[global].elements
    }

    /// Puts an array into another order.
    public func reorder(_ global: Int, _ keys: [[Value]]) { values[global].reorder(keys) }

    /// Adds a value to a statistic.
    public func accumulate(_ global: Int, _ keys: [Value], _ value: Int64) throws(RuntimeError) {
        let variable = variables[global]
        if statistics[global].update(keys, { $0.add(value, histograms: variable.histograms) }) { return }
        if try isFull(global, statistics[global].count) { statistics[global].removeFirst() }
        var statistic = Statistic(shift: variable.varianceShift, histograms: variable.histograms)
        statistic.add(value, histograms: variable.histograms)
        statistics[global].append(keys, statistic)
    }

    /// A statistic.
    public func statistic(_ global: Int, _ keys: [Value]) -> Statistic? { statistics[global].element(keys) }
}
