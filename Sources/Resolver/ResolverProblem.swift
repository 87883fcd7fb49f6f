import DebugInfo
import Diagnostics

/// What is wrong with a script when it is held against its binaries: the facts, without words.
enum ResolverProblem: Equatable {
    /// A static mark.
    struct MarkName: Equatable {
        /// The provider.
        var provider: String
        /// The mark's own name.
        var name: String
    }

    /// What a variable is looked up in.
    struct Place: Equatable {
        /// The function.
        var function: String
        /// The binary.
        var binary: String
        /// Where the probe is.
        var address: UInt64
    }

    /// What helps where a variable has no value.
    struct Remedy: Equatable {
        /// The lines at which it has one.
        var lines: [ClosedRange<Int>] = []
        /// The call's integer argument that it is, from 1.
        var argument: Int?
    }

    /// The binary of a probe point cannot be used.
    case binary(DebugInfoError)
    /// No probe point or alias has this name; those that there are, and whether there is a tapset.
    case unknownPoint(String, known: [String], hasTapset: Bool)
    /// A part of a probe point takes another argument; nil is none.
    case argument(String, takes: String?)
    /// An alias all of whose points are optional and not there.
    case emptyAlias(String)
    /// The string of `.function("…")` cannot be read.
    case malformedPattern(String)
    /// No function matches; the names of those there are, and the file that its debug information was split off into.
    case noFunction(String, binary: String, names: [String], split: String?)
    /// Functions match, but not in a file of this name; the files they are in.
    case noFile(String, function: String, files: [String])
    /// Functions match, but none has the asked kind of place.
    case noVariant(String, variant: String)
    /// The program does not load a library of this name; those that it does load.
    case noLibrary(String, binary: String, known: [String])
    /// `$name` names nothing there; what there is.
    case noVariable(String, Place, names: [String])
    /// `$name` exists, but not there; whether it exists anywhere.
    case unavailable(String, Place, isAnywhere: Bool, Remedy)
    /// `$name` is the caller's to know (an entry value).
    case onlyAtCaller(String, Place, Remedy)
    /// The function has no DWARF; the file that it was split off into.
    case noScope(String, Place, split: String?)
    /// The probe point has no variables at all.
    case noVariablesHere(String)
    /// `$return` or `$$return` in a probe that is not a return probe.
    case returnOutsideReturn(String)
    /// `$return` of a function that returns nothing.
    case returnOfVoid(Place)
    /// `@entry` outside a return probe.
    case entryOutsideReturn
    /// `$$name` that is none of stap's.
    case unknownContext(String)
    /// No global variable of this name; where it was looked for.
    case noGlobal(String, file: String?, binary: String, names: [String])
    /// No file of the binary has this name.
    case noUnit(String, binary: String, names: [String])
    /// No type of this name.
    case noType(String, binary: String, names: [String])
    /// The type has no such member.
    case noMember(String, type: String, names: [String])
    /// `->` or `[]` on what has no parts.
    case invalidAccess(String, type: String)
    /// A struct that is declared but defined nowhere.
    case incompleteType(String)
    /// A whole struct as a value.
    case wholeAggregate(String, type: String, member: String?)
    /// A variable of the program is changed by something else than `=`.
    case writeOperator(String)
    /// What is assigned to has no place in the program.
    case notWritable(String)
    /// `&` of a text such as `$$vars` or `$x$`.
    case addressOfText(String)
    /// `->` behind a value of the script that no target expression was assigned to.
    case unknownPointer(String)
    /// `@cast` or `@var` without a module, in a probe that has none.
    case moduleNeeded
    /// `&` of a bit-field.
    case addressOfBitField
    /// `&` of a variable that is in a register.
    case addressOfRegister(String)
    /// A probe point of the kernel, a timer or an event of the session.
    case kernel(KernelPointProblem)
    /// The probe point is none that there is.
    case form(PointFormProblem)

    // Probe points of programs.

    /// No process has this id.
    case noProcess(Int64)
    /// No file matches the pattern.
    case noProgram(String)
    /// The line of a file has no code in the functions; lines near it that have.
    case noLine(Int, file: String, function: String, nearest: [Int])
    /// None of the lines of a file has code in the functions.
    case noLines(String, file: String)
    /// The address is amid a statement; where that begins.
    case notAtStatement(UInt64, start: UInt64?)
    /// No function's code is at the address.
    case noFunctionAt(UInt64, binary: String)
    /// The function has no such label; those that it has.
    case noLabel(String, function: String, known: [String])
    /// The debug information tells of no such call; those that it tells of.
    case noCallee(String, function: String, known: [String])
    /// `.callees(N)` with an N below 1.
    case callDepth(Int64)
    /// The linkage table has no such function; those that it has.
    case noLinkage(String, binary: String, known: [String])
    /// No mark of this name; those there are.
    case noMark(String, binary: String, known: [MarkName])
    /// No mark is of this provider; the providers there are.
    case noProvider(String, binary: String, known: [String])
    /// `$name` is none of the variables of a mark, a tracepoint, a system call.
    case noPointVariable(String, of: String, names: [String])
    /// The operand of a mark's argument cannot be read.
    case unreadableArgument(String, operand: String, of: String)
    /// `->`, `[]` or `$` on a value that is a plain number or string.
    case partOfPlainValue(String, of: String)
    /// `&` of a value that has no address.
    case addressOfPlainValue(String)
    /// A point of another kind than can be listed.
    case notListed(String)
    /// A point whose program is not known.
    case unknownProgram
    /// A point of the target's program, and there is no target.
    case noTarget
    /// An event of a program that no process can run.
    case neverRuns(DebugInfoError)
}
