import Foundation
import TestSupport
import Testing

/// Signed recipe bundles as a fleet's owner makes them and its hosts use them; Debian's minisign judges.
@Suite(.enabled(if: getuid() == 0, "placing probes and mounting need root"), .serialized)
struct BundleCommandTests {
    @Test func aBundleIsMadeVerifiedAndListed() throws {
        let ground = try BundleGround()
        let made = try ground.makeBundle("--comment", "fleet 12")
        #expect(made.status == 0 && made.errors.isEmpty, "\(made)")
        let judged = try TestTool.output(
            of: "minisign", ["-V", "-Q", "-m", ground.bundle, "-p", ground.folder + "/key.pub"])
        #expect(String(decoding: judged, as: UTF8.self) == "fleet 12\n")
        let verified = try ground.run([
            "bundle", "--verify", ground.bundle, "--public-key", ground.folder + "/key.pub",
        ])
        #expect(verified.status == 0 && verified.output == made.output, "\(verified)")
        #expect(
            verified.output.contains("\n  comment   fleet 12\n  recipes   ticks\n  runbooks  nightly\n"),
            "\(verified)")
        let listed = try ground.run(["bundle", "--list", ground.bundle])
        let paths = listed.output.split(separator: "\n").map { $0.split(separator: " ").last ?? "" }
        #expect(
            paths == ["bases/clock.yaml", "runbooks/nightly.yaml", "runbooks/own/leaf.yaml", "ticks.yaml"],
            "\(listed)")
        let digest = try TestTool.output(of: "sha256sum", [ground.folder + "/src/ticks.yaml"])
        #expect(listed.output.contains(String(decoding: digest.prefix(64), as: UTF8.self) + "  ticks.yaml\n"))
        // What minisign signs in its older form is as good.
        try ground.sign(["-l", "-t", "by hand"])
        let again = try ground.run(["bundle", "--verify", ground.bundle])
        #expect(again.status == 0 && again.output.contains("\n  comment   by hand\n"), "\(again)")
    }

    @Test func recipesOfABundleAreListedShownCheckedAndRun() throws {
        let ground = try BundleGround()
        #expect(try ground.makeBundle().status == 0)
        let recipes = ["--recipes", ground.bundle]
        let list = try ground.run(["list"] + recipes)
        #expect(list.output.contains("--recipes: \(ground.bundle)/ticks.yaml\n"), "\(list)")
        let folder = try ground.run(["list", "--recipes", ground.folder + "/place"])
        #expect(folder.output.contains("--recipes: \(ground.bundle)/ticks.yaml\n"), "\(folder)")
        let page = try ground.run(["show", "ticks"] + recipes)
        #expect(page.output.contains("\nBundle: made 20"), "\(page)")
        #expect(page.output.contains("\nExtends: \(ground.bundle)/bases/clock.yaml\n"), "\(page)")
        let checked = try ground.run(
            ["validate", "ticks", ground.bundle + "/runbooks/nightly.yaml"] + recipes)
        #expect(checked.status == 0 && checked.output.contains("nightly: fits"), "\(checked)")
        let run = try ground.run(["run", "ticks", "--format", "json"] + recipes)
        #expect(run.status == 0, "\(run)")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let bundle = try #require((json["run"] as? [String: Any])?["bundle"] as? [String: String])
        #expect(bundle["path"] == ground.bundle && bundle["comment"] == "fleet.taprecipe", "\(bundle)")
        let key = try #require(bundle["key"])
        #expect(
            try ground.bytes(ground.folder + "/key.pub").range(of: Data("\(key.drop { $0 == "0" })\n".utf8))
                != nil)
        // The store keeps it.
        let stored = try ground.run(["show-run", "1", "--format", "json"])
        #expect(stored.output == run.output, "\(stored)")
        let text = try ground.run(["show-run", "1"]).output
        #expect(
            text.contains("\n  bundle      /var/tmp/") && text.contains("\(key): fleet.taprecipe\n"),
            "\(text)")
    }

    @Test func aRunbookOfABundleRunsWhatCameAlong() throws {
        let ground = try BundleGround()
        #expect(try ground.makeBundle().status == 0)
        // Others of these names, which must not be taken.
        try ground.write(
            "src/ticks.yaml", "name: ticks\nsummary: other\nscript: |\n  probe begin { exit() }\n")
        let batch = try ground.run([
            "batch", ground.bundle + "/runbooks/nightly.yaml", "--recipes", ground.folder + "/src",
            "--format", "json",
        ])
        #expect(batch.status == 0, "\(batch)")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(batch.output.utf8)) as? [String: Any])
        let steps = try #require(json["steps"] as? [[String: Any]])
        let bundles = steps.map { step in
            ((step["summary"] as? [String: Any])?["run"] as? [String: Any])?["bundle"] as? [String: String]
        }
        #expect(bundles.map { $0?["path"] } == [ground.bundle, ground.bundle], "\(batch)")
    }

    @Test func whatIsNotProperlySignedIsRefused() throws {
        let ground = try BundleGround()
        #expect(try ground.makeBundle().status == 0)
        let (bytes, signature) = (
            try ground.bytes(ground.bundle), try ground.bytes(ground.bundle + ".minisig")
        )
        func refused(_ words: String, by arguments: [String] = ["run", "ticks", "--recipes"]) throws {
            let result = try ground.run(arguments + [ground.bundle])
            #expect(
                result.status == 3 && result.errors.contains(words),
                "\(words): \(result)")
            #expect(result.output.isEmpty || result.output == "ticks: does not fit\n")
        }
        func put(_ bytes: Data, _ signature: Data?) throws {
            try bytes.write(to: URL(fileURLWithPath: ground.bundle))
            try? FileManager.default.removeItem(atPath: ground.bundle + ".minisig")
            try signature?.write(to: URL(fileURLWithPath: ground.bundle + ".minisig"))
        }
        var changed = bytes
        changed[changed.count / 2] ^= 1
        try put(changed, signature)
        try refused("is not of these bytes")
        try refused("is not of these bytes", by: ["bundle", "--list"])
        try refused("is not of these bytes", by: ["show", "ticks", "--recipes"])
        try refused("is not of these bytes", by: ["validate", "ticks", "--recipes"])
        // The installed recipe of a name that the bundle may hold is no substitute.
        try refused("is not of these bytes", by: ["show", "nginx-5xx", "--recipes"])
        let other = try ground.run(["show", "nginx-5xx"])
        #expect(other.status == 0, "\(other)")
        try put(bytes, nil)
        try refused("it has no signature: cannot read '\(ground.bundle).minisig'")
        try put(bytes, Data("untrusted comment: x\n".utf8))
        try refused("found no signature")
        let text = String(decoding: signature, as: UTF8.self)
        try put(bytes, Data(text.replacing("trusted comment: fleet", with: "trusted comment: fleed").utf8))
        try refused("trusted comment is not the one")
        try put(bytes, Data(count: 1 << 20))
        try refused("expected a regular file of at most 16KiB")
        try put(Data(), signature)
        try refused("is not of these bytes")
        try put(bytes, signature)
        try ground.makeKey("other")
        try ground.trust("other")
        try refused("which is not trusted\n  note: trusted are the keys")
        try ground.write("config/taprecipe/trusted-keys", "")
        try refused("no key is trusted here")
        try ground.write("config/taprecipe/trusted-keys", "RWQ\n")
        try refused("trusted-keys:1:1: error: found no public key")
        try ground.write(
            "config/taprecipe/trusted-keys",
            try String(contentsOfFile: ground.folder + "/key.pub", encoding: .utf8),
            mode: 0o666)
        try refused("is not believed by root, as it can be written by anybody")
        try ground.trust("key")
        #expect(try ground.run(["show", "ticks", "--recipes", ground.bundle]).status == 0)
        // Signed or not, others could put an older one in its place.
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: ground.bundle)
        try refused("recipe bundle '\(ground.bundle)' is not run as root, as it can be written by anybody")
        try FileManager.default.removeItem(atPath: ground.bundle)
        mkfifo(ground.bundle, 0o600)
        try refused("expected a regular file")
    }

    @Test func whereTheMachineTrustsKeysRootRunsNothingElse() throws {
        let ground = try BundleGround()
        #expect(try ground.makeBundle().status == 0)
        try ground.makeKey("machine")
        let keys = try ["key", "machine"].map {
            try String(contentsOfFile: "\(ground.folder)/\($0).pub", encoding: .utf8)
        }
        let signed = ["run", "ticks", "--recipes", ground.bundle]
        func refused(_ arguments: [String], _ keys: String, mode: String = "644", _ words: String) throws {
            let result = try ground.run(arguments, trusting: keys, mode: mode)
            #expect(
                result.status == 3 && result.output.isEmpty && result.errors.contains(words),
                "\(words): \(result)")
        }
        let run = try ground.run(signed, trusting: keys.joined())
        #expect(run.status == 0 && run.output.contains("signed by the key"), "\(run)")
        let batch = try ground.run(["batch", ground.bundle + "/runbooks/nightly.yaml"], trusting: keys[0])
        #expect(batch.status == 0, "\(batch)")
        // The user's own keys count for nothing then.
        try refused(signed, keys[1], "which is not trusted")
        try refused(signed, "", "no key is trusted here")
        try refused(signed, "not a key\n", "/etc/taprecipe/trusted-keys:1:1: error: found no public key")
        try refused(signed, keys[0], mode: "666", "is not believed by root, as it can be written by anybody")
        let loose = "is not run as root, as it is not from a signed recipe bundle"
        try refused(["run", "ticks", "--recipes", ground.folder + "/src"], keys[0], loose)
        try refused(["run", ground.folder + "/src/ticks.yaml"], "", loose)
        try refused(["run", "ticks", "clock", "--recipes", ground.folder + "/src"], keys[0], loose)
        try refused(
            ["batch", ground.folder + "/src/nightly.yaml", "--recipes", ground.bundle], keys[0],
            "runbook '\(ground.folder)/src/nightly.yaml' \(loose)")
        // Nothing but a run is forbidden.
        let checked = try ground.run(
            ["validate", "ticks", "--recipes", ground.folder + "/src"], trusting: keys[0])
        #expect(checked.status == 0, "\(checked)")
    }

    @Test func aRunbookThatGetsItsValuesWhereItRunsGoesIntoABundle() throws {
        let ground = try BundleGround()
        func make(_ steps: String) throws -> Tool.Result {
            try ground.write(
                "src/open.yaml",
                """
                name: open
                summary: what ticks
                variables: { every: , seconds: , which: , kept: ticks }
                hosts:
                  "*.example.net": { variables: { kept: clock } }
                steps:
                \(steps)

                """)
            return try ground.run([
                "bundle", ground.folder + "/src/open.yaml", "-o", ground.bundle, "--key",
                ground.folder + "/key.key", "--recipes", ground.folder + "/src",
            ])
        }
        let made = try make(
            """
              - { name: first, recipe: "{{kept}}", parameters: { every: "{{every}}" }, timeout: "{{seconds}}s" }
              - { name: second, recipe: "{{which}}", timeout: 1s }
            """)
        #expect(made.status == 0, "\(made)")
        #expect(
            made.errors.contains(
                "open.yaml:8:29: warning: which recipe the step 'second' runs is known only where the runbook is run\n"
            ), "\(made)")
        // What the file says of other hosts came along.
        #expect(made.output.contains("\n  recipes   clock, ticks\n  runbooks  open\n"), "\(made)")
        func batch(_ settings: String...) throws -> Tool.Result {
            try ground.run(
                ["batch", ground.bundle + "/runbooks/open.yaml"] + settings.flatMap { ["--set", $0] })
        }
        let run = try batch("every=20", "seconds=1", "which=clock")
        #expect(run.status == 0 && run.output.hasPrefix("open: 2 of 2 steps ran"), "\(run)")
        let unknown = try batch("every=20", "seconds=1", "which=leaf")
        #expect(unknown.status == 3 && unknown.errors.contains("/leaf.yaml"), "\(unknown)")
        let unset = try batch("every=20", "seconds=1")
        #expect(unset.status == 2 && unset.errors.contains("variable 'which' has no value"), "\(unset)")

        // What shows without the values is refused.
        for (steps, message) in [
            ("  - { recipe: ticks, timeout: \"{{every}}s\", timout: 1s }", "'timout' is not a key of a step"),
            ("  - { recipe: tocks, timeout: \"{{every}}s\" }", "there is no recipe 'tocks'"),
            ("  - { recipe: ticks, timeout: \"{{evry}}s\" }", "'evry' is no variable of this runbook"),
        ] {
            let refused = try make(steps)
            #expect(refused.status != 0 && refused.errors.contains(message), "\(message): \(refused)")
        }
    }

    @Test func mistakesInMakingOneAreTold() throws {
        let ground = try BundleGround()
        func fails(_ status: Int32, _ words: String, _ arguments: [String]) throws {
            let result = try ground.run(["bundle", "--recipes", ground.folder + "/src"] + arguments)
            #expect(result.status == status && result.errors.contains(words), "\(words): \(result)")
            #expect(!FileManager.default.fileExists(atPath: ground.bundle))
        }
        let key = ["--key", ground.folder + "/key.key"]
        let place = ["-o", ground.bundle]
        try fails(2, "found no '--output FILE.taprecipe'", ["ticks", "-o", "x.zip"] + key)
        try fails(2, "found no '--key FILE'", ["ticks"] + place)
        try fails(2, "found no recipe", place + key)
        try fails(2, "there is no recipe 'tocks' (did you mean 'ticks'?)", ["tocks"] + place + key)
        try fails(2, "expected one thing", ["ticks", "--verify", ground.bundle])
        try fails(1, "key.pub': found no secret key", ["ticks", "--key", ground.folder + "/key.pub"] + place)
        try fails(1, "the comment is not one line", ["ticks", "--comment", "a\nb"] + place + key)
        try ground.write(
            "src/broken.yaml",
            "name: broken\nsummary: s\nscript: |\n  probe begin { println(\"{{nothing}}\") }\n")
        try fails(3, "broken.yaml:4:26: error: ", ["broken"] + place + key)
        try ground.write(
            "src/away.yaml", "name: away\nsummary: s\nsteps:\n  - { recipe: ../src/ticks.yaml }\n")
        try fails(3, "is not below the runbook's folder", [ground.folder + "/src/away.yaml"] + place + key)
        try ground.write("phrase", "open sesame\n")
        _ = try TestTool.output(
            of: "minisign", ["-G", "-p", ground.folder + "/locked.pub", "-s", ground.folder + "/locked.key"],
            input: "open sesame\nopen sesame\n")
        let locked =
            ["ticks", "--key", ground.folder + "/locked.key"] + place + ["--recipes", ground.folder + "/src"]
        try ground.write("other", "open\n")
        try fails(
            1, "locked.key': the passphrase is wrong",
            locked + ["--passphrase-file", ground.folder + "/other"])
        let made = try ground.run(["bundle"] + locked + ["--passphrase-file", ground.folder + "/phrase"])
        #expect(made.status == 0, "\(made)")
    }
}
