/// The flame graphs of a fleet.
extension FleetReport {
    /// The flame graphs of all hosts together, those alike added up.
    var profiles: (profiles: [Profile], frames: [StackFrame]) {
        var frames: [StackFrame] = []
        var places: [StackFrame: Int32] = [:]
        var profiles: [Profile] = []
        for member in members {
            let numbers = member.summary.frames.map { frame -> Int32 in
                if let place = places[frame] { return place }
                let place = Int32(frames.count)
                places[frame] = place
                frames.append(frame)
                return place
            }
            for profile in member.summary.profiles {
                let samples = profile.samples.map { sample in
                    Profile.Sample(
                        frames: sample.frames.map { numbers[Int($0)] }, isComplete: sample.isComplete,
                        weight: sample.weight)
                }
                if let index = profiles.firstIndex(where: {
                    $0.title == profile.title && $0.weight == profile.weight
                }) {
                    profiles[index].add(samples)
                    profiles[index].weightWithoutStack += profile.weightWithoutStack
                } else {
                    var copy = profile
                    copy.samples = samples
                    profiles.append(copy)
                }
            }
        }
        return (profiles, frames)
    }
}

extension Profile {
    /// Adds samples; those of stacks that are there already to them.
    fileprivate mutating func add(_ samples: [Sample]) {
        struct Key: Hashable {
            var frames: [Int32]
            var isComplete: Bool
        }
        func key(_ sample: Sample) -> Key { Key(frames: sample.frames, isComplete: sample.isComplete) }
        var places = Dictionary(self.samples.enumerated().map { (key($1), $0) }) { first, _ in first }
        for sample in samples {
            if let place = places[key(sample)] {
                self.samples[place].weight += sample.weight
            } else {
                places[key(sample)] = self.samples.count
                self.samples.append(sample)
            }
        }
    }
}
