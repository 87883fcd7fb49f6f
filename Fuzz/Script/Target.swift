import Diagnostics
import StapLanguage

/// The SystemTap parser: any bytes get a tree or errors, and what parses survives being printed.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let source = SourceFile(name: "fuzz.stp", bytes: Array(UnsafeBufferPointer(start: data, count: size)))
    let options = ScriptParser.Options(
        facts: PreprocessorFacts(guru: true, arguments: ["1", "\"a", "@m"]), isTapset: size % 2 == 1)
    let output = ScriptParser.analyze(source, options: options)
    guard !output.diagnostics.hasErrors else {
        _ = DiagnosticRenderer().render(Array(output.diagnostics.prefix(4)))
        return 0
    }
    let printed = ScriptPrinter.source(of: output.tree, name: "printed.stp")
    let again = ScriptParser.analyze(printed, options: options)
    guard again.tree == output.tree else {
        fatalError("parsed, printed and parsed again it is another script: \(printed.text)")
    }
    return 0
}
