public import Diagnostics
public import StapMessages

/// Why a script could not be run at all: nothing was traced.
public enum EngineError: Error, Sendable {
    /// The script needs guru mode and the user did not allow it.
    case guruNotAllowed
    /// A program that the engine starts is not there; the Debian package that has it.
    case missingTool(String, package: String)
    /// A program is there, and the user may not run it.
    case toolNotPermitted(String)
    /// The command to trace was not found or may not be executed.
    case commandNotFound(String, isHere: Bool)
    /// A script's arrays take too much of the memory that is there; bytes.
    case tooLittleMemory(needed: UInt64, available: UInt64)
    /// What was to be traced has ended, and is there by its id alone.
    case isDead(Int32)
    /// What was to be traced is a thread; its id, and that of its process.
    case isThread(Int32, of: Int32)
    /// A program to start, which is there, cannot be executed: its path, and why.
    case commandNotExecuted(String, reason: String)
    /// No process has this id.
    case noSuchProcess(Int32)
    /// The given module is not a file that can be read.
    case unreadableModule(String, reason: String)
    /// The given file is not a SystemTap module.
    case notAModule(String)
    /// The given module is for another kernel than the one it is to run on.
    case moduleOfAnotherKernel(String, release: String, running: String)
    /// The given module is a SystemTap module that holds no manifest: `taprecipe compile` did not make it.
    case moduleWithoutManifest(String)
    /// The given module was compiled by another version of taprecipe, which expands its recipe otherwise.
    case moduleOfAnotherVersion(String)
    /// A file that the given module probes is another build here; the build ids.
    case moduleOfAnotherBuild(String, file: String, expected: String, found: String)
    /// Another run of the same module goes on; its process id where it is known.
    case alreadyRunning(module: String, lock: String, owner: Int32?)
    /// A module of that name is loaded, nobody's run, and cannot be unloaded.
    case staleModule(String)
    /// A directory of ours cannot be made, is another user's, or can be written by others.
    case unusableDirectory(String, reason: String)
    /// A file could not be written.
    case cannotWrite(String, reason: String)
    /// A file could not be read.
    case cannotRead(String, reason: String)
    /// stap refused the script or could not build the module; its messages, errors first.
    case compileFailed([StapMessage])
    /// stap was killed by a signal that the engine did not send.
    case compilerKilled(signal: Int32)
    /// The time for a phase was over.
    case timedOut(Phase)
    /// The user interrupted before anything was traced.
    case interrupted(Phase)
    /// A program could not be started.
    case cannotStart(String, reason: String)
    /// The built-in engine cannot run the script, for these reasons.
    case unsupported([Diagnostic])
    /// The built-in engine cannot run on this machine or for this user, for these reasons.
    case machineLacks([Finding])
    /// A program to be probed is a 32-bit one, which the built-in engine does not read.
    case narrowProgram(String)
    /// The kernel does not take a program of the built-in engine, or does not let it be attached.
    case kernelRefused(String, reason: String)
    /// A program was killed and does not end.
    case stuck(StuckProcess)
}
