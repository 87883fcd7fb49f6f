extension RunSettings {
    /// What is looked at before a run by these settings. (The doctor looks at the folders that stap compiles in.)
    var roomCheck: RoomCheck {
        var check = RoomCheck(guards: guards)
        if let raw {
            check.places.append(
                .init(
                    of: raw, needed: UInt64(maximumOutput ?? 64 << 20), purpose: "the output for '--raw'",
                    remedy: "give another place, or less with '--max-output'"))
        }
        if let summaryFile {
            check.places.append(
                .init(of: summaryFile, needed: RoomCheck.summarySize, purpose: "the summary"))
        }
        return check
    }
}
