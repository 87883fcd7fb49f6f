import Diagnostics
import RecipeModel
import Testing

@testable import Report

private let recipes = Fixtures.folder.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/recipes"

@Test func theOutputOfTheScriptWithAHostIsSummarized() throws {
    var builder = try SummaryBuilder(try RecipeLoader.load(path: "\(recipes)/nginx-5xx.yaml"))
    try SavedOutput.read(path: "\(Fixtures.folder)/tip17-host.txt", into: &builder)
    let text = TextRenderer().render(builder.finish(RunFacts(recipe: "nginx-5xx", savedOutput: "tip17")))
    #expect(text.contains("\n      1  -4  www.j9.com\n      ngx_http_finalize_request+0xe  t-coresystem"))
    #expect(text.contains("no unwind data for '/lib64/libc-2.12.so'"))
}
