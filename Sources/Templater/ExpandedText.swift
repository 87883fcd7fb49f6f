import Diagnostics
import RecipeModel

/// The text that an expansion writes, and where each part of it came from.
struct ExpandedText {
    private let script: ScriptSource
    private(set) var bytes: [UInt8] = []
    private var parts: [(generated: Range<Int>, script: Range<Int>, isVerbatim: Bool)] = []

    init(_ script: ScriptSource) { self.script = script }

    /// Copies bytes of the script.
    mutating func copy(_ range: Range<Int>) {
        if let last = parts.last, last.isVerbatim, last.script.upperBound == range.lowerBound,
            last.generated.upperBound == bytes.count
        {
            bytes += script.text.bytes[range]
            parts[parts.count - 1].script = last.script.lowerBound..<range.upperBound
            parts[parts.count - 1].generated = last.generated.lowerBound..<bytes.count
            return
        }
        let lower = bytes.count
        bytes += script.text.bytes[range]
        parts.append((lower..<bytes.count, range, true))
    }

    /// Writes bytes that stand for a range of the script.
    mutating func write(_ text: [UInt8], for range: Range<Int>) {
        let lower = bytes.count
        bytes += text
        parts.append((lower..<bytes.count, range, false))
    }

    /// The text as a source, and the map from it to the recipe's file.
    func finished(name: String) -> (SourceFile, SourceMap) {
        let source = SourceFile(name: name, bytes: bytes)
        var segments: [SourceMap.Segment] = []
        for part in parts where !part.generated.isEmpty {
            guard part.isVerbatim else {
                let original = script.map.original(
                    of: script.text.range(part.script.lowerBound, part.script.upperBound))
                segments.append(
                    .init(
                        generatedLower: part.generated.lowerBound, generatedUpper: part.generated.upperBound,
                        original: original, isVerbatim: false))
                continue
            }
            segments += verbatim(part.script, shiftedTo: part.generated.lowerBound)
        }
        return (source, SourceMap(generated: source, segments: segments))
    }

    /// A copied range cut where the script's own map is cut.
    private func verbatim(_ range: Range<Int>, shiftedTo generated: Int) -> [SourceMap.Segment] {
        var segments: [SourceMap.Segment] = []
        var lower = range.lowerBound
        var index = firstSegment(endingBehind: lower)
        while lower < range.upperBound {
            guard index < script.map.segments.count else {
                segments.append(segment(lower..<range.upperBound, generated + lower - range.lowerBound, nil))
                break
            }
            let inner = script.map.segments[index]
            let upper = min(
                range.upperBound, lower < inner.generatedLower ? inner.generatedLower : inner.generatedUpper)
            segments.append(
                segment(
                    lower..<upper, generated + lower - range.lowerBound,
                    lower < inner.generatedLower ? nil : inner))
            lower = upper
            if upper >= inner.generatedUpper { index += 1 }
        }
        return segments
    }

    private func segment(
        _ range: Range<Int>, _ generated: Int, _ inner: SourceMap.Segment?
    ) -> SourceMap.Segment {
        let original: SourceRange
        if let inner, inner.isVerbatim {
            let shift = inner.original.lower - inner.generatedLower
            original = SourceRange(
                source: inner.original.source, lower: range.lowerBound + shift,
                upper: range.upperBound + shift)
        } else {
            original = inner?.original ?? script.text.range(range.lowerBound, range.upperBound)
        }
        return .init(
            generatedLower: generated, generatedUpper: generated + range.count, original: original,
            isVerbatim: inner?.isVerbatim ?? true)
    }

    private func firstSegment(endingBehind offset: Int) -> Int {
        var low = 0
        var high = script.map.segments.count
        while low < high {
            let middle = (low + high) / 2
            if script.map.segments[middle].generatedUpper <= offset {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
