/// Code that runs step by step, until one leaves.
struct Steps {
    /// A closure in a box of its own: an array of bare closures would wrap each of them twice.
    private struct Step {
        let run: ActionCode
    }

    private var steps: [Step] = []

    mutating func add(_ step: @escaping ActionCode) { steps.append(Step(run: step)) }

    /// All steps as one.
    var code: ActionCode {
        switch steps.count {
        case 0: return { _ throws(Stop) in .onward }
        case 1: return steps[0].run
        case 2:
            let (first, second) = (steps[0], steps[1])
            return { machine throws(Stop) in
                let flow = try first.run(machine)
                return flow == .onward ? try second.run(machine) : flow
            }
        default:
            let steps = steps
            return { machine throws(Stop) in
                for step in steps {
                    let flow = try step.run(machine)
                    if flow != .onward { return flow }
                }
                return .onward
            }
        }
    }
}
