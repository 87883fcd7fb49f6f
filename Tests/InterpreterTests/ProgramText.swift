import Diagnostics
import Lowering
import StapLanguage
import Testing

@testable import Interpreter

/// Short ways to write the trees of small programs.
///
/// Each comment beside a test's program is the script that it stands for.
let nowhere = SourceRange(source: SourceFile(name: "test.stp", bytes: []), lower: 0, upper: 0)

func n(_ value: Int64) -> Term { Term(.number(value), .integer, at: nowhere) }
func t(_ text: String) -> Term { Term(.text(Array(text.utf8)), .text, at: nowhere) }
func int(_ kind: Term.Kind) -> Term { Term(kind, .integer, at: nowhere) }
func str(_ kind: Term.Kind) -> Term { Term(kind, .text, at: nowhere) }
func local(_ index: Int, _ type: ValueType = .integer) -> Term { Term(.local(index), type, at: nowhere) }
func binary(_ left: Term, _ operation: BinaryOperator, _ right: Term) -> Term {
    int(.binary(operation, left, right))
}
func act(_ kind: Action.Kind) -> Action { Action(kind, at: nowhere) }
func run(_ kind: Term.Kind, _ type: ValueType = .integer) -> Action {
    act(.evaluate(Term(kind, type, at: nowhere)))
}
func set(_ index: Int, _ value: Term) -> Action { run(.assign(.local(index), value), value.type) }
func call(_ function: Intrinsic, _ arguments: Term...) -> Action { run(.intrinsic(function, arguments)) }

/// `println(…)` with blanks between.
func show(_ terms: Term...) -> Action {
    var pieces: [PrintFormat.Piece] = []
    for (index, term) in terms.enumerated() {
        if index > 0 { pieces.append(.text([UInt8(ascii: " ")])) }
        pieces.append(.conversion(PrintFormat.Conversion(term.type == .integer ? .signed : .string)))
    }
    return act(.print(PrintFormat(pieces + [.text([UInt8(ascii: "\n")])]), terms))
}

func integers(_ count: Int) -> [LocalVariable] {
    (0..<count).map { LocalVariable(name: "i\($0)", type: .integer) }
}
func texts(_ count: Int) -> [LocalVariable] { (0..<count).map { LocalVariable(name: "s\($0)", type: .text) } }

func array(
    _ name: String, keys: [ValueType], _ element: GlobalVariable.Element = .value(.integer),
    capacity: Int? = nil,
    wraps: Bool = false
) -> GlobalVariable {
    GlobalVariable(
        name: name, shape: .array(keys: keys, element), capacity: capacity, wraps: wraps, range: nowhere)
}

/// One handler with what it needs, run as a begin probe or another event.
struct Session {
    var program = Program()
    var limits = RuntimeLimits()
    var pace = Interpreter.Pace.interruptible
    var event: any EventContext = OwnProcess(
        ProbeBinding(event: .begin(order: 0), handler: 0, text: "begin", function: "", range: nowhere))

    init(globals: [GlobalVariable] = [], functions: [Function] = [], patterns: [String] = []) {
        program.globals = globals
        program.functions = functions
        program.patterns = patterns.map { StringLiteral(Array($0.utf8), at: nowhere) }
    }

    /// What it prints, and how it ends; the error as the last line.
    func output(_ locals: [LocalVariable] = [], _ body: [Action]) throws -> String {
        let (text, outcome) = try result(locals, body)
        guard let failure = outcome.failure else { return text }
        return text + "ERROR: " + String(decoding: failure.error.message, as: UTF8.self) + "\n"
    }

    func result(_ locals: [LocalVariable], _ body: [Action]) throws -> (String, Interpreter.Outcome) {
        var program = program
        var handler = Handler(range: nowhere)
        handler.locals = locals
        handler.body = body
        program.handlers = [handler]
        let interpreter = try Interpreter(
            program, store: MemoryStore(program.globals, limits: limits), limits: limits)
        let outcome = interpreter.run(handler: 0, for: event, pace: pace)
        return (String(decoding: interpreter.output, as: UTF8.self), outcome)
    }
}
