import RecipeModel

@testable import Report

/// The record matcher and the stack parser: any line gets an answer, in time linear in the line.
///
/// The input's first line is the pattern, the others are lines of output.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let lines = UnsafeBufferPointer(start: data, count: size).split(
        separator: 0x0A, omittingEmptySubsequences: false
    ).map { ArraySlice(Array($0)) }
    let matcher = (try? RecordPattern(parsing: String(decoding: lines[0], as: UTF8.self))).map(
        RecordMatcher.init)
    for line in lines.dropFirst() { ask(line, matcher) }
    // What goes back over a line would need more than the 5 seconds that a case has for a long one.
    if let line = lines.dropFirst().first, !line.isEmpty {
        let copies = (1 << 18) / line.count
        ask(ArraySlice((0..<copies).flatMap { _ in line }), matcher)
    }
    return 0
}

private func ask(_ line: ArraySlice<UInt8>, _ matcher: RecordMatcher?) {
    if let matcher, let values = matcher.match(line) {
        precondition(values.count == matcher.fieldNames.count, "a match without a value for each field")
    }
    switch StackParser.line(line) {
    case .frame(let key, _): _ = StackParser.frame(fromKey: key)
    case .addresses(let keys): for key in keys.prefix(64) { _ = StackParser.frame(fromKey: key) }
    case .absent, nil: break
    }
}
