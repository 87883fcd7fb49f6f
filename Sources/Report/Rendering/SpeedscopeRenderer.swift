/// Renders a summary's stacks for https://www.speedscope.app, by its file format's schema
/// (https://www.speedscope.app/file-format-schema.json): a profile of type `sampled` for each of the summary's.
public struct SpeedscopeRenderer: Sendable {
    /// Creates a renderer.
    public init() {}

    /// The text.
    public func render(_ summary: Summary) -> String {
        var places: [StackFrame: Int] = [:]
        var frames: [JSONValue] = []
        func place(_ frame: StackFrame) -> Int {
            var frame = frame
            // What differs between places in one function would make it several.
            if frame.symbol != nil || frame.module != nil { frame.offset = nil }
            frame.isInexact = false
            if let place = places[frame] { return place }
            places[frame] = frames.count
            frames.append(value(of: frame))
            return frames.count - 1
        }
        let profiles = summary.profiles.map { profile in
            let paths = profile.paths(summary.frames)
            return JSONValue.object([
                "type": .string("sampled"),
                "name": .string(profile.title),
                "unit": .string(unit(of: profile.weight)),
                "startValue": .integer(0),
                "endValue": .integer(profile.total),
                "samples": .array(paths.map { .array($0.frames.map { .count(place($0)) }) }),
                "weights": .array(paths.map { .integer($0.weight) }),
            ])
        }
        var file: [String: JSONValue] = [
            "$schema": .string("https://www.speedscope.app/file-format-schema.json"),
            "exporter": .string("taprecipe"),
            "name": .string(TextRenderer.headline(of: summary)),
            "shared": .object(["frames": .array(frames)]),
            "profiles": .array(profiles),
        ]
        if !profiles.isEmpty { file["activeProfileIndex"] = .integer(0) }
        return JSONValue.object(file).text
    }

    /// `FILE:LINE` of a frame becomes the file and the line; else the file is the module.
    private func value(of frame: StackFrame) -> JSONValue {
        var members: [String: JSONValue] = ["name": .string(frame.name)]
        if let source = frame.source, let colon = source.lastIndex(of: ":"),
            let line = Int(source[source.index(after: colon)...])
        {
            members["file"] = .string(String(source[..<colon]))
            members["line"] = .count(line)
        } else if let file = frame.source ?? frame.module {
            members["file"] = .string(file)
        }
        return .object(members)
    }

    /// The unit that the name of a field tells.
    private func unit(of weight: Profile.Weight) -> String {
        guard case .sum(let field) = weight else { return "none" }
        switch field.split(separator: ".").last ?? "" {
        case "bytes": return "bytes"
        case "ns", "nanoseconds": return "nanoseconds"
        case "us", "microseconds": return "microseconds"
        case "ms", "milliseconds": return "milliseconds"
        case "s", "seconds": return "seconds"
        default: return "none"
        }
    }
}
