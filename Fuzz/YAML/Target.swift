import Diagnostics
import RecipeModel

/// The recipe loader: any bytes get a recipe or errors, each of which can be shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let source = SourceFile(name: "fuzz.yaml", bytes: Array(UnsafeBufferPointer(start: data, count: size)))
    do throws(DiagnosticsError) {
        _ = try RecipeLoader.load(source)
    } catch {
        precondition(error.diagnostics.contains { $0.severity == .error }, "refused without a reason")
        _ = DiagnosticRenderer().render(Array(error.diagnostics.prefix(8)))
    }
    return 0
}
