import Diagnostics
import Lowering

extension ScopeCompiler {
    /// Code for a built-in function that gives an integer, or nothing, which reads as 0.
    func integerIntrinsic(_ function: Intrinsic, _ arguments: [Term], at range: SourceRange) -> IntegerCode {
        let values = values(arguments)
        if case .event = function.signature.site, function != .randint {
            return { machine throws(Stop) in
                let arguments = try values(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try machine.context.value(of: function, arguments).integer
                }
            }
        }
        if function == .abort {
            return { machine throws(Stop) in
                machine.wantsExit = true
                throw .aborted
            }
        }
        return { machine throws(Stop) in
            let arguments = try values(machine)
            return try machine.located(range) { () throws(RuntimeError) in
                try machine.integer(function, arguments)
            }
        }
    }

    /// Code for a built-in function that gives a string.
    func textIntrinsic(_ function: Intrinsic, _ arguments: [Term], at range: SourceRange) -> TextCode {
        let values = values(arguments)
        if case .event = function.signature.site {
            return { machine throws(Stop) in
                let arguments = try values(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try machine.eventText(function, arguments)
                }
            }
        }
        return { machine throws(Stop) in
            let arguments = try values(machine)
            return try machine.located(range) { () throws(RuntimeError) in
                try machine.text(function, arguments)
            }
        }
    }
}
