import Foundation
import TestSupport
import Testing

/// Recipes, a runbook and keys, in a folder that only root writes, with a file of trusted keys for its user.
final class BundleGround {
    private let ground: Ground
    var folder: String { ground.folder }
    var bundle: String { folder + "/place/fleet.taprecipe" }

    init() throws {
        ground = try Ground()
        try write("src/clock.yaml", Ground.ticking("clock"))
        for (path, name, more) in [
            ("src/ticks.yaml", "ticks", "extends: clock\ntimeout: 1s"),
            ("src/own/leaf.yaml", "leaf", "extends: ../clock.yaml"),
        ] {
            try write(path, "name: \(name)\nsummary: ticks of a timer\n\(more)\n")
        }
        try write(
            "src/nightly.yaml",
            """
            name: nightly
            summary: what ticks
            steps:
              - { recipe: ticks, timeout: 1s }
              - { recipe: ./own/leaf.yaml, timeout: 1s }

            """)
        try FileManager.default.createDirectory(
            atPath: folder + "/place", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        try makeKey("key")
        try trust("key")
    }

    deinit { ground.remove() }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        try ground.place(name, text, mode: mode)
    }

    func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    func makeKey(_ name: String) throws {
        _ = try TestTool.output(
            of: "minisign", ["-G", "-W", "-p", "\(folder)/\(name).pub", "-s", "\(folder)/\(name).key"])
    }

    /// Makes a key the one that is trusted.
    func trust(_ name: String) throws {
        try write(
            "config/taprecipe/trusted-keys",
            try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8))
    }

    /// Makes the bundle that the tests use.
    func makeBundle(_ more: String...) throws -> Tool.Result {
        try run(
            ["bundle", "ticks", folder + "/src/nightly.yaml", "-o", bundle, "--key", folder + "/key.key"]
                + more
                + ["--recipes", folder + "/src"])
    }

    /// Signs the bundle's file as it is, by minisign.
    func sign(_ options: [String] = []) throws {
        _ = try TestTool.output(
            of: "minisign", ["-S", "-W", "-s", folder + "/key.key", "-m", bundle] + options)
    }

    func run(_ arguments: [String]) throws -> Tool.Result { try tool.run(arguments, limit: 120) }

    /// Runs on a machine whose administrator trusts these lines alone.
    func run(_ arguments: [String], trusting lines: String, mode: String = "644") throws -> Tool.Result {
        try write("machine-keys", lines)
        var tool = tool
        tool.environment["GROUND"] = folder
        tool.environment["MODE"] = mode
        tool.shell = """
            exec unshare --mount --propagation private sh -c '
                set -e
                mkdir -p "$GROUND/changes"
                mount -t tmpfs changes "$GROUND/changes"
                mkdir "$GROUND/changes/upper" "$GROUND/changes/work"
                mount -t overlay -o "lowerdir=/etc,upperdir=$GROUND/changes/upper,workdir=$GROUND/changes/work" etc /etc
                mkdir -p -m 755 /etc/taprecipe
                cp "$GROUND/machine-keys" /etc/taprecipe/trusted-keys
                chmod "$MODE" /etc/taprecipe/trusted-keys
                exec "$@"' sh "$@"
            """
        return try tool.run(arguments, limit: 120)
    }

    private var tool: Tool {
        Tool(
            environment: ["XDG_CONFIG_HOME": folder + "/config", "XDG_STATE_HOME": folder + "/state"],
            directory: folder)
    }
}
