import Diagnostics
import RecipeModel
import Testing

private let nginx = """
    name: nginx-5xx
    summary: Backtrace of every request that nginx finalizes with a 5xx status
    tags: [nginx, http, errors]
    parameters:
      binary:     { type: executable, required: true, help: nginx with debug info }
      min-status: { type: integer, default: 500, minimum: 400, maximum: 599, help: lowest status to report }
      host:       { type: regex, help: only requests whose Host matches }
    limits: { MAXACTION: 102400, MAXSKIPPED: 1024, MAXSTRINGLEN: 512, buffer: 16MiB }
    timeout: 60s
    script: |
      probe process("{{binary}}").function("ngx_http_finalize_request").call {
          if ($rc >= {{min-status}}) {

              printf("rc: %d\\n", $rc)
              print_ubacktrace()
          }
      }
    records:
      request: { line: "rc: {rc:integer}", followed-by: stack }
    summary-tables:
      - { title: Where the errors come from, of: request, group-by: [rc, stack], columns: [count, rc, stack], sort: -count }

    """

@Test func theRecipeOfTheDesignIsRead() throws {
    let recipe = try loadRecipe(nginx)
    #expect(recipe.name == "nginx-5xx")
    #expect(recipe.tags == ["nginx", "http", "errors"])
    #expect(recipe.parameters.map(\.name) == ["binary", "min-status", "host"])
    #expect(recipe.parameters[1].type == .integer(minimum: 400, maximum: 599))
    #expect(recipe.parameters[1].defaultValue == .integer(500))
    #expect(recipe.parameters[0].isRequired)
    #expect(recipe.limits.macros == [.MAXACTION: 102400, .MAXSKIPPED: 1024, .MAXSTRINGLEN: 512])
    #expect(recipe.limits.bufferMegabytes == 16)
    #expect(recipe.timeout == .seconds(60))
    #expect(!recipe.guru)
    #expect(recipe.records.map(\.name) == ["request"])
    #expect(recipe.tables[0].sort == [.init(column: .count, isDescending: true)])
    #expect(recipe.tables[0].groupBy.map(\.range.text) == ["rc", "stack"])
    #expect(recipe.script.text.text.hasPrefix("probe process("))
}

/// Loads a recipe from its text, and records what is wrong with it.
func loadRecipe(_ text: String) throws -> Recipe {
    do {
        return try RecipeLoader.load(SourceFile(name: "test.yaml", text: text))
    } catch {
        Issue.record("\(DiagnosticRenderer().render(error.diagnostics))")
        throw error
    }
}
