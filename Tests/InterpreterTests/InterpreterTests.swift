import Lowering
import StapLanguage
import Testing

@testable import Interpreter

@Suite struct InterpreterTests {
    @Test(
        arguments: [
            (Int64.max, BinaryOperator.add, 1, Int64.min), (Int64.min, .subtract, 1, Int64.max),
            (Int64.max, .multiply, 2, -2), (-7, .divide, 2, -3), (-7, .remainder, 2, -1),
            (Int64.min, .divide, -1, Int64.min),
            (Int64.min, .remainder, -1, 0), (1, .shiftLeft, 64, 1), (1, .shiftLeft, 65, 2),
            (-8, .shiftRight, 1, -4),
            (-8, .shiftRight, 65, -4), (-1, .shiftRightLogical, 63, 1), (-1, .shiftRightLogical, 64, -1),
            (6, .bitXor, 3, 5), (6, .bitAnd, 3, 2), (6, .bitOr, 3, 7), (2, .and, 3, 1), (0, .or, 9, 1),
            (1, .less, 1, 0),
            (-1, .less, 1, 1), (1, .greaterOrEqual, 1, 1),
        ] as [(Int64, BinaryOperator, Int64, Int64)])
    func computes(left: Int64, operation: BinaryOperator, right: Int64, expected: Int64) throws {
        // println(l OP r); l OP= r where there is such an assignment
        #expect(try Session().output([], [show(binary(n(left), operation, n(right)))]) == "\(expected)\n")
        guard AssignmentOperator(rawValue: operation.rawValue + "=") != nil,
            operation.rawValue.first != ">" || operation == .shiftRight,
            operation != .less
        else { return }
        let body = [set(0, n(left)), run(.update(operation, .local(0), n(right))), show(local(0))]
        #expect(try Session().output(integers(1), body) == "\(expected)\n")
    }

    @Test func evaluatesTheRightSideOnlyWhereItCounts() throws {
        // println(0 && 1/0, 1 || 1/0, 1 ? 2 : 1/0)
        let never = binary(n(1), .divide, n(0))
        let body = [
            show(
                binary(n(0), .and, never), binary(n(1), .or, never),
                int(.choice(n(1), then: n(2), otherwise: never)))
        ]
        #expect(try Session().output([], body) == "0 1 2\n")
    }

    @Test func dividesByZeroWithAnErrorThatCanBeCaught() throws {
        // try { println(1 / i) } catch (m) { println(m) } println(1 % i)
        let body = [
            act(
                .attempt(
                    body: [show(binary(n(1), .divide, local(0)))], error: 1, handler: [show(local(1, .text))])
            ),
            show(binary(n(1), .remainder, local(0))),
        ]
        #expect(try Session().output(integers(1) + texts(1), body) == "division by 0\nERROR: division by 0\n")
    }

    @Test func cutsStringsAtMaxstringlen() throws {
        var session = Session()
        session.limits.stringLength = 8
        // s = "abcdef" . "ghi"; s .= "x"; println(s, strlen(s)); println(sprintf("%d-%s", 1, "abcdefgh"))
        let format = PrintFormat([
            .conversion(PrintFormat.Conversion(.signed)), .text([UInt8(ascii: "-")]),
            .conversion(PrintFormat.Conversion(.string)),
        ])
        let body = [
            set(0, str(.concatenate(t("abcdef"), t("ghi")))),
            run(.update(.concatenate, .local(0), t("x")), .text),
            show(local(0, .text), int(.intrinsic(.strlen, [local(0, .text)]))),
            show(str(.format(format, [n(1), t("abcdefgh")]))),
        ]
        #expect(try session.output(texts(1), body) == "abcdefg 7\n1-abcde\n")
    }

    @Test func comparesStringsByteByByte() throws {
        let pairs = [("a", "b"), ("a", "ab"), ("Z", "a"), ("é", "z"), ("", "a"), ("a", "a")]
        // println(l < r, l == r, l >= r)
        let body = pairs.map { left, right in
            show(
                int(.compare(.less, t(left), t(right))), int(.compare(.equal, t(left), t(right))),
                int(.compare(.greaterOrEqual, t(left), t(right))))
        }
        #expect(try Session().output([], body) == "1 0 0\n1 0 0\n1 0 0\n0 0 1\n1 0 0\n0 1 1\n")
    }

    @Test func matchesRegularExpressions() throws {
        let session = Session(patterns: ["^5[0-9][0-9]$"])
        let body = ["502", "5020", "302"].map { show(int(.matches(t($0), pattern: 0))) }
        #expect(try session.output([], body) == "1\n0\n0\n")
    }

    @Test func incrementsBeforeAndAfter() throws {
        // println(i++, ++i, i--, --i); a["x"]++
        let session = Session(globals: [array("a", keys: [.text])])
        let place = Place.element(0, [t("x")])
        let body = [Place.local(0), place].map { place in
            show(
                int(.increment(place, by: 1, isPrefix: false)), int(.increment(place, by: 1, isPrefix: true)),
                int(.increment(place, by: -1, isPrefix: false)),
                int(.increment(place, by: -1, isPrefix: true)))
        }
        #expect(try session.output(integers(1), body) == "0 2 2 0\n0 2 2 0\n")
    }

    @Test func readsMissingElementsWithoutMakingThem() throws {
        let session = Session(globals: [array("a", keys: [.integer, .text])])
        // println(a[1, "x"], [1, "x"] in a); a[1, "x"] = 0; println([1, "x"] in a, [*, "x"] in a, [2, *] in a)
        let keys = [n(1), t("x")]
        let body = [
            show(int(.element(0, keys)), int(.contains(0, keys))),
            run(.assign(.element(0, keys), n(0))),
            show(int(.contains(0, keys)), int(.contains(0, [nil, t("x")])), int(.contains(0, [n(2), nil]))),
            act(.remove(0, [n(1), nil])),
            show(int(.contains(0, keys))),
        ]
        #expect(try session.output([], body) == "0 0\n1 1 0\n0\n")
    }

    /// `foreach ([k, l] in a SORTING limit LIMIT) println(k, l, a[k, l])` over some elements.
    private func visited(
        _ sorting: Foreach.Sorting?, limit: Int64? = nil, slice: [Term?] = []
    ) throws -> String {
        let session = Session(globals: [array("a", keys: [.text, .integer])])
        let elements: [(String, Int64, Int64)] = [("b", 1, 5), ("a", 2, 7), ("c", 3, 5), ("a", 1, 9)]
        let fill = elements.map { run(.assign(.element(0, [t($0.0), n($0.1)]), n($0.2))) }
        func loop(_ sorting: Foreach.Sorting?, _ limit: Term?, _ slice: [Term?]) -> Action {
            act(
                .foreach(
                    ForeachLoop(
                        array: 0, keys: [1, 0], value: 2, slice: slice, sorting: sorting, limit: limit,
                        body: [show(local(1, .text), local(0), local(2))])))
        }
        let locals = [
            LocalVariable(name: "l", type: .integer), LocalVariable(name: "k", type: .text),
            LocalVariable(name: "v", type: .integer),
        ]
        return try session.output(
            locals, fill + [loop(sorting, limit.map { n($0) }, slice), loop(nil, nil, [])])
    }

    @Test func visitsElementsAsStapDoesAndKeepsThemSorted() throws {
        let stored = "b 1 5\na 2 7\nc 3 5\na 1 9\n"
        #expect(try visited(nil) == stored + stored)
        let byValue = "b 1 5\nc 3 5\na 2 7\na 1 9\n"
        #expect(try visited(.init(key: .value(nil), direction: .ascending)) == byValue + byValue)
        let byKey = "c 3 5\nb 1 5\na 2 7\na 1 9\n"
        #expect(try visited(.init(key: .index(0), direction: .descending)) == byKey + byKey)
        #expect(try visited(nil, limit: 2) == "b 1 5\na 2 7\n" + stored)
        #expect(try visited(nil, limit: 0) == stored)
        // The two greatest are sorted; what they displaced stands behind them.
        let top = "a 1 9\na 2 7\n"
        #expect(
            try visited(.init(key: .value(nil), direction: .descending), limit: 2) == top + top
                + "b 1 5\nc 3 5\n")
        // An element that the slice passes over counts against the limit.
        #expect(try visited(nil, limit: 2, slice: [t("a"), nil]) == "a 2 7\n" + stored)
        #expect(try visited(nil, slice: [t("a"), nil]) == "a 2 7\na 1 9\n" + stored)
    }

    @Test func refusesANewElementOfAFullArrayOrDropsTheFirst() throws {
        func fill(_ variable: GlobalVariable) throws -> String {
            var session = Session(globals: [variable])
            session.limits.mapEntries = 2
            let body = (1...3).map { run(.assign(.element(0, [n(Int64($0))]), n(1))) }
            let list = act(
                .foreach(
                    ForeachLoop(
                        array: 0, keys: [0], value: nil, slice: [], sorting: nil, limit: nil,
                        body: [show(local(0))])))
            return try session.output(integers(1), body + [list])
        }
        #expect(try fill(array("a", keys: [.integer])) == "ERROR: Array overflow, check MAXMAPENTRIES\n")
        #expect(
            try fill(array("a", keys: [.integer], capacity: 2))
                == "ERROR: Array overflow, check size limit (2)\n")
        #expect(try fill(array("a", keys: [.integer], wraps: true)) == "2\n3\n")
    }

    @Test func extractsStatistics() throws {
        var variable = GlobalVariable(name: "s", shape: .statistic, range: nowhere)
        variable.histograms = [.logarithmic]
        let session = Session(globals: [variable])
        func extract(_ operation: StatisticOperator) -> Term {
            int(.statistic(operation, of: 0, [], parameter: nil))
        }
        // println(@count(s), @sum(s)); s <<< 1; s <<< 2; s <<< 6; …; println(@hist_log(s)[66]); println(@hist_log(s)[999])
        let body = [
            show(extract(.count), extract(.sum)),
            act(.attempt(body: [show(extract(.average))], error: 0, handler: [show(local(0, .text))])),
            run(.accumulate(0, [], n(1))), run(.accumulate(0, [], n(2))), run(.accumulate(0, [], n(6))),
            show(extract(.count), extract(.sum), extract(.min), extract(.max), extract(.average)),
            show(int(.bucket(.logarithmic, of: 0, [], index: n(66)))),
            act(.clear(0)),
            act(
                .attempt(
                    body: [act(.printHistogram(.logarithmic, of: 0, []))], error: 0,
                    handler: [show(local(0, .text))])),
            run(.accumulate(0, [], n(1))),
            show(int(.bucket(.logarithmic, of: 0, [], index: n(999)))),
        ]
        #expect(
            try session.output(texts(1), body)
                == "0 0\nempty aggregate\n3 9 1 6 3\n1\nempty aggregate\nERROR: histogram index out of range\n"
        )
    }

    @Test func sortsStatisticsByWhatIsAsked() throws {
        let session = Session(globals: [array("a", keys: [.text], .statistic)])
        let fill = [("x", 1), ("y", 9), ("x", 2), ("z", 4)].map {
            run(.accumulate(0, [t($0.0)], n(Int64($0.1))))
        }
        func loop(_ operation: StatisticOperator) -> Action {
            act(
                .foreach(
                    ForeachLoop(
                        array: 0, keys: [0], value: nil, slice: [],
                        sorting: .init(key: .value(operation), direction: .descending), limit: nil,
                        body: [
                            show(
                                local(0, .text),
                                int(.statistic(operation, of: 0, [local(0, .text)], parameter: nil)))
                        ])))
        }
        #expect(
            try session.output(texts(1), fill + [loop(.count), loop(.sum)])
                == "x 2\ny 1\nz 1\ny 9\nz 4\nx 3\n")
    }

    // `function f(x) { if (x < 1) return 0; return f(x - 1) + 1 }`
    ///
    private static let recursive = Function(
        name: "f", parameterCount: 1, locals: integers(1), result: .integer,
        body: [
            act(.choose(binary(local(0), .less, n(1)), then: [act(.leave(n(0)))], otherwise: [])),
            act(.leave(binary(int(.call(0, [binary(local(0), .subtract, n(1))])), .add, n(1)))),
        ], range: nowhere)

    @Test func recursesUpToMaxnesting() throws {
        let session = Session(functions: [Self.recursive])
        // stap -vvvv says 'max-nesting 2 recursive' of it; the limit is one more, and ten.
        #expect(try session.output([], [show(int(.call(0, [n(12)])))]) == "12\n")
        #expect(try session.output([], [show(int(.call(0, [n(13)])))]) == "ERROR: MAXNESTING exceeded\n")
    }

    @Test func comesBackFromAnErrorInAFunction() throws {
        // function g(x) { y = 5; return x / 0 } … s = 3; try { g(1) } catch { } println(s)
        let failing = Function(
            name: "g", parameterCount: 1, locals: integers(2), result: .integer,
            body: [set(1, n(5)), act(.leave(binary(local(0), .divide, n(0))))], range: nowhere)
        let session = Session(functions: [failing])
        let body = [
            set(0, n(3)), act(.attempt(body: [run(.call(0, [n(1)]))], error: nil, handler: [])),
            show(local(0)),
            show(int(.call(0, [n(1)]))),
        ]
        #expect(try session.output(integers(1), body) == "3\nERROR: division by 0\n")
    }

    @Test func saysThatNoOtherFunctionIsThere() throws {
        let function = Function(
            name: "g", parameterCount: 0, locals: [], result: .integer, body: [act(.next)], range: nowhere)
        #expect(
            try Session(functions: [function]).output([], [show(int(.call(0, [])))])
                == "ERROR: all functions exhausted\n")
    }

    @Test func leavesLoopsAndHandlers() throws {
        // for (i = 0; i < 9; i++) { if (i == 2) continue; if (i == 4) break; println(i) } next; println(99)
        let loop = act(
            .loop(
                condition: binary(local(0), .less, n(9)),
                step: int(.increment(.local(0), by: 1, isPrefix: false)),
                body: [
                    act(.choose(binary(local(0), .equal, n(2)), then: [act(.nextRound)], otherwise: [])),
                    act(.choose(binary(local(0), .equal, n(4)), then: [act(.exitLoop)], otherwise: [])),
                    show(local(0)),
                ]))
        #expect(try Session().output(integers(1), [loop, act(.next), show(n(99))]) == "0\n1\n3\n")
    }

    @Test func countsStatementsAgainstMaxaction() throws {
        // while (1) i++: two statements a round. The loop itself takes one; MAXACTION is reached, not passed.
        let loop = act(
            .loop(
                condition: n(1), step: nil,
                body: [run(.increment(.local(0), by: 1, isPrefix: false)), show(local(0))]))
        var session = Session()
        session.limits.actions = 11
        session.pace = .atomic
        // 11 - 1 leaves 10; three a round.
        #expect(try session.output(integers(1), [loop]) == "1\n2\n3\n4\nERROR: MAXACTION exceeded\n")
        session.pace = .interruptible
        let lines = try session.output(integers(1), [loop]).split(separator: "\n")
        #expect(lines.count == 38)
        #expect(lines.last == "ERROR: MAXACTION exceeded")
    }

    @Test func refusesAHandlerWithoutLoopsBeforeItRuns() throws {
        var session = Session()
        session.limits.actions = 2
        session.pace = .atomic
        #expect(try session.output([], [show(n(1)), show(n(2))]) == "1\n2\n")
        #expect(
            try session.output([], [show(n(1)), show(n(2)), show(n(3))]) == "ERROR: MAXACTION exceeded\n")
    }

    @Test func catchesNeitherMaxactionNorAbort() throws {
        var session = Session()
        session.limits.actions = 10
        session.pace = .atomic
        let forever = act(.loop(condition: n(1), step: nil, body: []))
        let caught = act(.attempt(body: [forever], error: nil, handler: [show(n(1))]))
        #expect(try session.output([], [caught]) == "ERROR: MAXACTION exceeded\n")
        let (text, outcome) = try session.result(
            [], [act(.attempt(body: [call(.abort)], error: nil, handler: [show(n(1))])), show(n(2))])
        #expect(text.isEmpty)
        #expect(outcome == Interpreter.Outcome(wantsExit: true))
    }

    @Test func endsWarnsAndFails() throws {
        let (text, outcome) = try Session().result(
            [],
            [
                call(.warn, t("careful")), call(.exit), call(.log, t("on")), call(.error, t("boom")),
                show(n(1)),
            ])
        #expect(text == "on\n")
        #expect(outcome.wantsExit)
        #expect(outcome.warnings == [Array("careful".utf8)])
        #expect(outcome.failure?.error == .script(Array("boom".utf8)))
        #expect(
            try Session().output([], [call(.assert, n(1)), call(.assert, n(0))])
                == "ERROR: Assertion failed\n")
        #expect(try Session().output([], [call(.assert, n(0), t("no"))]) == "ERROR: no\n")
    }

    @Test func keepsAConditionFromRunningAHandler() throws {
        var program = Program()
        var handler = Handler(range: nowhere)
        handler.condition = n(0)
        handler.body = [show(n(1))]
        program.handlers = [handler]
        let interpreter = try Interpreter(program, store: MemoryStore([]))
        #expect(interpreter.run(handler: 0, for: UnknownEvent()) == Interpreter.Outcome())
        #expect(interpreter.output.isEmpty)
    }
}
