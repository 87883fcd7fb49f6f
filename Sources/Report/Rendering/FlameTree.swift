/// The stacks of a profile joined from their outermost function on: what a flame graph draws.
struct FlameTree: Sendable {
    /// A function within its callers.
    struct Box: Sendable, Equatable {
        var name: String
        var module: String?
        /// How many callers it has.
        var depth: Int
        /// Where it begins and how wide it is, in the profile's weight.
        var start: Int128
        var weight: Int128
    }

    private struct Node {
        var frame: StackFrame
        var weight: Int128 = 0
        var children: [Int] = []
    }

    private struct Edge: Hashable {
        var parent: Int
        var name: String
        var module: String?
    }

    /// The boxes, each before those above it, siblings by name; those too narrow to be seen left out.
    private(set) var boxes: [Box] = []
    /// How many were left out.
    private(set) var omittedCount = 0
    /// The weight of all.
    let total: Int128

    /// Joins a profile's stacks; a box that is narrower than the part `leastShare` of the whole is left out.
    init(_ profile: Profile, frames: [StackFrame], leastShare: Double = 1.0 / 5000) {
        total = profile.total
        var nodes = [Node(frame: StackFrame(symbol: "all"), weight: profile.total)]
        var places: [Edge: Int] = [:]
        for (path, weight) in profile.paths(frames) {
            var place = 0
            for frame in path {
                let edge = Edge(parent: place, name: frame.name, module: frame.moduleName)
                if let known = places[edge] {
                    place = known
                } else {
                    places[edge] = nodes.count
                    nodes[place].children.append(nodes.count)
                    place = nodes.count
                    nodes.append(Node(frame: frame))
                }
                nodes[place].weight += weight
            }
        }
        let least = Double(total) * leastShare
        var pending: [(node: Int, depth: Int, start: Int128)] = [(0, 0, 0)]
        while let (index, depth, start) = pending.popLast() {
            let node = nodes[index]
            guard Double(node.weight) >= least else {
                omittedCount += 1
                continue
            }
            boxes.append(
                Box(
                    name: node.frame.name, module: node.frame.moduleName, depth: depth, start: start,
                    weight: node.weight))
            var end = start
            var children: [(node: Int, depth: Int, start: Int128)] = []
            for child in node.children.sorted(by: { nodes[$0].frame.name < nodes[$1].frame.name }) {
                children.append((child, depth + 1, end))
                end += nodes[child].weight
            }
            pending += children.reversed()
        }
    }

    /// How deep it is.
    var depth: Int { boxes.reduce(0) { max($0, $1.depth + 1) } }
}
