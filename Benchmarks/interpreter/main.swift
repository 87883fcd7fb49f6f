import Diagnostics
import Interpreter
import Lowering
import StapLanguage

// Measures the interpreter by what an operator's summary does with each record, and the printing of lines.
//
//   env -u TAPRECIPE_WARNINGS_AS_ERRORS TAPRECIPE_BENCH=1 swift run -c release bench-interpreter

let nowhere = SourceRange(source: SourceFile(name: "bench.stp", bytes: []), lower: 0, upper: 0)
func integer(_ kind: Term.Kind) -> Term { Term(kind, .integer, at: nowhere) }
func text(_ kind: Term.Kind) -> Term { Term(kind, .text, at: nowhere) }

/// A record of a request: address, status and duration.
final class Request: EventContext {
    var values: [Value] = []
    let symbolizer: any Symbolizer = UnknownEvent()

    func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        throw .missing(.intrinsic(function))
    }
    func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 {
        throw .missing(.variable(read.text))
    }
    func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        throw .missing(.variable(read.text))
    }
    func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        throw .missing(.memory(address))
    }
    func entry(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.entry) }
    func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 { throw .missing(.eventArgument(index)) }
    func captured(_ index: Int) throws(RuntimeError) -> Value { values[index] }
}

func best(_ name: String, _ count: Int, _ work: () -> Void) {
    var best = Duration.seconds(1000)
    for _ in 0..<7 { best = min(best, ContinuousClock().measure(work)) }
    let seconds = Double(best.components.seconds) + Double(best.components.attoseconds) / 1e18
    print("\(name): \(Int(Double(count) / seconds)) a second")
}

// status = …; if (status >= 500 && url =~ "^/api/") { hits[url, status]++; times[url] <<< duration; if (duration > worst) worst = duration }
var program = Program()
program.globals = [
    GlobalVariable(name: "hits", shape: .array(keys: [.text, .integer], .value(.integer)), range: nowhere),
    GlobalVariable(name: "times", shape: .array(keys: [.text], .statistic), range: nowhere),
    GlobalVariable(name: "worst", shape: .scalar(.integer), range: nowhere),
]
program.globals[1].histograms = [.logarithmic]
program.patterns = [StringLiteral(Array("^/api/".utf8), at: nowhere)]
let (url, status, duration) = (text(.local(0)), integer(.local(1)), integer(.local(2)))
func evaluate(_ term: Term) -> Action { Action(.evaluate(term), at: nowhere) }
var handler = Handler(range: nowhere)
handler.locals = [
    LocalVariable(name: "url", type: .text), LocalVariable(name: "status", type: .integer),
    LocalVariable(name: "duration", type: .integer),
]
let isError = integer(.binary(.greaterOrEqual, status, integer(.number(500))))
let isAPI = integer(.matches(url, pattern: 0))
let isSlow = integer(.binary(.greater, duration, integer(.global(2))))
let keepWorst = evaluate(integer(.assign(.global(2), duration)))
let count: [Action] = [
    evaluate(integer(.increment(.element(0, [url, status]), by: 1, isPrefix: false))),
    evaluate(integer(.accumulate(1, [url], duration))),
    Action(.choose(isSlow, then: [keepWorst], otherwise: []), at: nowhere),
]
let condition = integer(.binary(.and, isError, isAPI))
handler.body = [
    evaluate(text(.assign(.local(0), text(.captured(0))))),
    evaluate(integer(.assign(.local(1), integer(.captured(1))))),
    evaluate(integer(.assign(.local(2), integer(.captured(2))))),
    Action(.choose(condition, then: count, otherwise: []), at: nowhere),
]
program.handlers = [handler]
let interpreter = try Interpreter(program, store: MemoryStore(program.globals))
let event = Request()
func record(_ number: Int) -> [Value] {
    let url = Array("/api/v1/resource/\(number % 40)".utf8)
    return [.text(url), .integer(Int64(500 + number % 5)), .integer(Int64(number * 37 % 1000))]
}
let records = (0..<100).map(record)
best("records into a summary", 200_000) {
    for number in 0..<200_000 {
        event.values = records[number % records.count]
        precondition(interpreter.run(handler: 0, for: event).failure == nil)
    }
}

var address = PrintFormat.Conversion(.hexadecimal)
address.isAlternate = true
let format = PrintFormat([
    .conversion(PrintFormat.Conversion(.signed)), .text([0x20]), .conversion(PrintFormat.Conversion(.string)),
    .text([0x20]), .conversion(address), .text([0x0A]),
])
let renderer = FormatRenderer(format)
var buffer: [UInt8] = []
best("lines of '%d %s %#x\\n'", 500_000) {
    for number in 0..<500_000 {
        if number % 1000 == 0 { buffer.removeAll(keepingCapacity: true) }
        renderer.render([.integer(Int64(number)), records[number % 100][0], .integer(4096)], into: &buffer)
    }
}
