import Diagnostics
import Foundation
import Testing

@testable import RecipeModel

/// Runbooks: what is read of them, what is said of wrong ones, and what becomes of their variables.
@Suite struct RunbookTests {
    @Test func everyKeyIsRead() throws {
        let file = try #require(Fixtures.validRunbooks.first { $0.name == "everything" })
        let runbook = try file.loadRunbook(settings: ["host=www"]).get()
        #expect(runbook.name == "everything")
        #expect(runbook.details == "Paragraphs.\n")
        #expect(runbook.budget == .seconds(600))
        #expect(runbook.jobs == 4)
        #expect(runbook.onError == .stop)
        #expect(
            runbook.variables == [
                "binary": "/usr/sbin/nginx", "lowest": "500", "host": "www", "verbose": "true",
            ])
        #expect(runbook.limits == Limits(macros: [.MAXSKIPPED: 100], bufferMegabytes: 16))
        #expect(runbook.guards == RunGuards(maximumLoad: 8, maximumOverhead: 0.025))
        #expect(runbook.steps.map(\.name.value) == ["errors", "latency", "recipe", "by-pid", "by-command"])
        let errors = runbook.steps[0]
        #expect(errors.parameters.map(\.name.value) == ["binary", "min-status", "host"])
        #expect(errors.parameters[2].values.map(\.value) == ["www|^api-www$"])
        #expect(errors.timeout == .seconds(30))
        #expect(errors.guards == RunGuards(maximumLoad: 4.5, maximumOverhead: 0.02))
        #expect(errors.limits.macros == [.MAXACTION: 5000])
        #expect(errors.engine == .bpf)
        #expect(errors.failIf?.value == "request")
        #expect(
            runbook.steps[1].condition.map { [$0.step.value, $0.record.value] } == ["errors", "request"])
        #expect(runbook.steps[1].condition?.least == 1)
        #expect(runbook.steps[1].condition?.record.range.text == "request")
        #expect(runbook.steps[2].condition?.least == 10)
        #expect(runbook.steps[2].parameters[0].values.map(\.value) == ["a", "5", "www"])
        let elsewhere = try file.loadRunbook(host: "web-7").get()
        #expect(elsewhere.steps[0].parameters[0].values.map(\.value) == ["/opt/nginx/sbin/nginx"])
        #expect(elsewhere.limits.macros == [.MAXSKIPPED: 1000])
    }

    @Test func everyMistakeIsShownAtItsPlace() throws {
        #expect(Fixtures.invalidRunbooks.count >= 20)
        var text = ""
        for file in Fixtures.invalidRunbooks {
            guard case .failure(let error) = try file.loadRunbook() else {
                Issue.record("\(file.name) is taken")
                continue
            }
            text += "== \(file.name)\n\(DiagnosticRenderer().render(error.diagnostics))\n"
        }
        try Fixtures.expectGolden(text, "runbooks/invalid.txt")
    }

    /// Each wrong runbook states in its first line whether the schema refuses it, or why it cannot.
    @Test func theSchemaAgrees() throws {
        let path = Fixtures.root.appendingPathComponent("recipes/runbook.schema.json").path
        let files = Fixtures.validRunbooks + Fixtures.invalidRunbooks
        let verdicts = try SchemaTests.verdicts(files, schema: path)
        for file in Fixtures.validRunbooks {
            #expect(verdicts[file.url.path] == "accepted", "\(file.name)")
            if case .failure(let error) = try file.loadRunbook(host: "web-1") {
                Issue.record("\(DiagnosticRenderer().render(error.diagnostics))")
            }
        }
        for file in Fixtures.invalidRunbooks {
            let mark = String(decoding: try file.bytes.prefix { $0 != 0x0A }, as: UTF8.self)
            let isRefused = mark == "# refused by the schema"
            #expect(isRefused || mark.hasPrefix("# beyond the schema: "), "\(file.name): \(mark)")
            #expect((verdicts[file.url.path] == "refused") == isRefused, "\(file.name)")
        }
    }

    @Test func theSchemaHasTheLoadersKeys() throws {
        let path = Fixtures.root.appendingPathComponent("recipes/runbook.schema.json")
        let schema = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
        let step = try #require((schema["$defs"] as? [String: Any])?["step"] as? [String: Any])
        func properties(_ schema: [String: Any], _ path: String...) -> [String: Any] {
            path.reduce(schema) { ($0["properties"] as? [String: Any])?[$1] as? [String: Any] ?? [:] }
        }
        func keys(_ schema: [String: Any]) -> Set<String> {
            Set((schema["properties"] as? [String: Any] ?? [:]).keys)
        }
        #expect(keys(schema) == Set(RunbookKey.allCases.map(\.rawValue)))
        #expect(keys(step) == Set(StepKey.allCases.map(\.rawValue)))
        #expect(keys(properties(step, "target")) == Set(TargetKey.allCases.map(\.rawValue)))
        let forms = properties(step, "when")["anyOf"] as? [[String: Any]] ?? []
        #expect(forms.map(keys) == [[], Set(ConditionKey.allCases.map(\.rawValue))])
        let hosts = properties(schema, "hosts")["additionalProperties"] as? [String: Any]
        #expect(keys(hosts ?? [:]) == Set(HostKey.allCases.map(\.rawValue)))
        let limits = (schema["$defs"] as? [String: Any])?["limits"] as? [String: Any]
        #expect(keys(limits ?? [:]) == Set(LimitKey.all))
    }

    // MARK: - Variables

    private static func draft() throws -> RunbookDraft {
        try RunbookLoader.load(
            SourceFile(
                name: "r.yaml",
                text: """
                    name: r
                    summary: s
                    variables: { a: 1, b: "x y", c: }
                    limits: { MAXACTION: 1, MAXERRORS: 1 }
                    hosts:
                      "web-*": { variables: { a: 2, c: web }, limits: { MAXACTION: 2 } }
                      "web-2": { variables: { c: second } }
                    steps:
                      - recipe: x
                        parameters: { p: "{{a}}-{{b}}{{c}}}", q: "{ {{a}} }" }

                    """))
    }

    @Test(
        arguments: [
            ("web-1", [], ["a": "2", "b": "x y", "c": "web"], 2),
            ("web-2", [], ["a": "2", "b": "x y", "c": "second"], 2),
            ("web-2", ["c=", "a=5=6"], ["a": "5=6", "b": "x y", "c": ""], 2),
            ("other", ["c={{a}}"], ["a": "1", "b": "x y", "c": "{{a}}"], 1),
        ] as [(String, [String], [String: String], UInt64)])
    func theCommandLineCountsMoreThanTheHostAndThatMoreThanTheRunbook(
        host: String, settings: [String], variables: [String: String], action: UInt64
    ) throws {
        let draft = try Self.draft()
        let runbook = try draft.runbook(try RunbookValues(draft, host: host, settings: settings))
        #expect(runbook.variables == variables)
        #expect(runbook.limits.macros == [.MAXACTION: action, .MAXERRORS: 1])
        let texts = runbook.steps[0].parameters.flatMap(\.values).map(\.value)
        let (a, b, c) = (variables["a"]!, variables["b"]!, variables["c"]!)
        #expect(texts == ["\(a)-\(b)\(c)}", "{ \(a) }"])
    }

    /// Each is typed once it is filled in.
    @Test func variablesStandInEveryValue() throws {
        let file = try #require(Fixtures.validRunbooks.first { $0.name == "variables" })
        let runbook = try file.loadRunbook().get()
        #expect(runbook.budget == .seconds(180) && runbook.jobs == 3 && runbook.onError == .stop)
        #expect(runbook.limits == Limits(macros: [.MAXACTION: 3000], bufferMegabytes: 3))
        #expect(runbook.guards == RunGuards(maximumLoad: 3.5, maximumOverhead: 0.015))
        #expect(runbook.steps.map(\.name.value) == ["file", "top-reads", "signals"])
        let first = runbook.steps[0]
        #expect(first.recipe.value == "file-io" && first.timeout == .seconds(30))
        #expect(first.parameters.map { $0.values.map(\.value) } == [["3"], ["", "x33"]])
        guard case .pid(let pid) = first.target else {
            Issue.record("\(first.target)")
            return
        }
        #expect(pid.value == "31")
        #expect(first.limits.macros == [.MAXSTRINGLEN: 3] && first.failIf?.value == "file")
        #expect(first.guards == RunGuards(maximumLoad: 3, maximumOverhead: 0.03))
        #expect(runbook.steps[1].condition.map { [$0.step.value, $0.record.value] } == ["file", "file"])
        #expect(runbook.steps[2].condition?.least == 3)
    }

    /// As who makes a bundle reads it.
    @Test func whatHangsOnAVariableWithoutAValueIsLeftOpen() throws {
        func variants(_ host: String) throws -> [Runbook] {
            try RunbookLoader.load(
                SourceFile(
                    name: "r.yaml",
                    text: """
                        name: r
                        summary: s
                        budget: "{{long}}"
                        jobs: "{{many}}"
                        on-error: "{{what}}"
                        max-load: "{{many}}"
                        limits: { MAXACTION: "{{many}}", buffer: "{{long}}" }
                        variables: { long: , many: , what: , recipe: a }
                        hosts:
                          web: { variables: { \(host) } }
                        steps:
                          - name: "{{what}}"
                            recipe: "{{recipe}}"
                            target: { pid: "{{many}}" }
                            timeout: "{{long}}"
                            engine: "{{what}}"
                          - { name: by-name, recipe: "x-{{what}}", when: unsure.r }
                          - { recipe: c, when: { step: "{{long}}", recorded: r, at-least: "{{many}}" } }
                          - { recipe: d, when: "{{what}}", fail-if: "{{what}}" }

                        """)
            ).variants()
        }
        let runbooks = try variants("recipe: b, many: 3")
        #expect(
            runbooks.map { $0.steps.map(\.recipe.value) } == [
                ["a", "x-{{what}}", "c", "d"], ["b", "x-{{what}}", "c", "d"],
            ])
        #expect(
            runbooks.map { $0.steps.map(\.isRecipeOpen) }
                == Array(repeating: [false, true, false, false], count: 2))
        #expect(runbooks.map(\.jobs) == [1, 3] && runbooks.map(\.budget) == [nil, nil])
        #expect(runbooks.map(\.guards.maximumLoad) == [nil, 3])
        #expect(runbooks.map(\.limits.macros) == [[:], [.MAXACTION: 3]])
        let error = try #require(throws: DiagnosticsError.self) { try variants("many: few") }
        #expect(error.diagnostics.first?.message == "'jobs' is text, expected an integer", "\(error)")
        for file in Fixtures.validRunbooks {
            let source = SourceFile(name: "\(file.name).yaml", bytes: try file.bytes)
            #expect(throws: Never.self, "\(file.name)") { try RunbookLoader.load(source).variants() }
        }
    }

    @Test func variablesThatMakeTooMuchTextAreRefused() throws {
        let names = String(repeating: "{{a}}", count: 50_000)
        let text = "name: r\nsummary: s\nvariables: { a: }\nsteps:\n  - { recipe: x, fail-if: '\(names)' }\n"
        let draft = try RunbookLoader.load(SourceFile(name: "r.yaml", text: text))
        let value = String(repeating: "x", count: 1000)
        let error = try #require(throws: DiagnosticsError.self) {
            try draft.runbook(try RunbookValues(draft, host: "h", settings: ["a=" + value]))
        }
        #expect(
            error.diagnostics.first?.message == "with its variables the runbook has more than 4MiB of text")
    }

    @Test func settingsThatAreNoneAndVariablesWithoutAValueAreAllSaid() throws {
        let draft = try Self.draft()
        do throws(DiagnosticsError) {
            _ = try RunbookValues(draft, host: "other", settings: ["aa=1", "b"])
            Issue.record("taken")
        } catch {
            #expect(
                DiagnosticRenderer().render(error.diagnostics) == """
                    error: '--set' names 'aa', which is no variable of the runbook (did you mean 'a'?)
                      note: its variables are 'a', 'b' and 'c'
                    error: '--set' is 'b', expected NAME=VALUE
                    r.yaml:3:30: error: variable 'c' has no value on this host, 'other'
                     3 | variables: { a: 1, b: "x y", c: }
                       |                              ^
                      note: give it with --set c=VALUE, or for the host under 'hosts'

                    """)
        }
    }
}
