import Synchronization

/// Things to do later, all called off together.
final class Alarms: Sendable {
    private let clock: any Clock<Duration>
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(clock: any Clock<Duration>) { self.clock = clock }

    deinit { cancelAll() }

    /// Does `action` after `delay`, unless it is called off before.
    func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) {
        let clock = clock
        let task = Task {
            do { try await clock.sleep(for: delay) } catch { return }
            if !Task.isCancelled { action() }
        }
        tasks.withLock { $0.append(task) }
    }

    /// Does `action` again and again, with `pause` before each time, until it is called off.
    func every(_ pause: Duration, _ action: @escaping @Sendable () -> Void) {
        let clock = clock
        let task = Task {
            while true {
                do { try await clock.sleep(for: pause) } catch { return }
                if Task.isCancelled { return }
                action()
            }
        }
        tasks.withLock { $0.append(task) }
    }

    /// Calls all of them off.
    func cancelAll() {
        let all = tasks.withLock { tasks in
            let all = tasks
            tasks = []
            return all
        }
        for task in all { task.cancel() }
    }
}
