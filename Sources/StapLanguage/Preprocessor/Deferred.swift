import Synchronization

/// A value that is made when it is first asked for, by whichever copy asks, and then shared by all copies.
///
/// Reading a tapset's macros or a kernel's configuration costs more than checking a script that uses neither.
package final class Deferred<Value: Sendable>: Sendable {
    private enum State {
        case unmade(@Sendable () -> Value)
        case made(Value)
    }

    private let state: Mutex<State>

    package init(_ make: @escaping @Sendable () -> Value) { state = Mutex(.unmade(make)) }

    package init(_ value: Value) { state = Mutex(.made(value)) }

    package var value: Value {
        state.withLock { state in
            switch state {
            case .made(let value): return value
            case .unmade(let make):
                let value = make()
                state = .made(value)
                return value
            }
        }
    }
}

extension Deferred: Equatable where Value: Equatable {
    package static func == (left: Deferred, right: Deferred) -> Bool {
        left === right || left.value == right.value
    }
}
