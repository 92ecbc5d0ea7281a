import FuzzTargets
import Glibc

/// `crs-fuzz TARGET [options of libFuzzer] [folders of inputs]`: feeds one of the targets until something breaks.
@main enum Fuzz {
  nonisolated(unsafe) static var target: (any FuzzTarget)?
  nonisolated(unsafe) static var isFITS = false

  static func main() {
    let names = FuzzTargets.all.map { $0.name }
    guard CommandLine.arguments.count > 1, let type = FuzzTargets[CommandLine.arguments[1]] else {
      print("usage: crs-fuzz TARGET [options] [folders]; targets: \(names.joined(separator: " "))")
      exit(2)
    }
    if CommandLine.arguments.last == "--longest" {
      print(type.longest)
      exit(0)
    }
    do { target = try type.init() } catch {
      print("\(type.name): \(error)")
      exit(2)
    }
    isFITS = type.name == FITSFuzzing.name
    // A target that has written files has installed the handlers of crs; libFuzzer takes its alarm only without them.
    for number in [SIGALRM, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ] { signal(number, SIG_DFL) }
    // libFuzzer gets the arguments without the target's name.
    var count = CommandLine.argc - 1
    var arguments = CommandLine.unsafeArgv + 1
    arguments[0] = CommandLine.unsafeArgv[0]
    let status = runDriver(&count, &arguments) { data, count in
      let input = Array(UnsafeBufferPointer(start: data, count: count))
      guard let fault = Fuzz.target?.fault(in: input) else { return 0 }
      print("FAULT: \(fault)")
      fflush(nil)
      abort()
    }
    exit(status)
  }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@_silgen_name("LLVMFuzzerMutate")
private func usualMutation(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ room: Int) -> Int

/// FITS files are changed card by card half of the time; blind changes hardly ever leave one that is read.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ room: Int, _ seed: CUnsignedInt) -> Int
{
  guard Fuzz.isFITS, seed % 2 == 0 else { return usualMutation(data, size, room) }
  var mutation = Mutation(seed: UInt64(seed))
  let changed = mutation.changedFITS(Array(UnsafeBufferPointer(start: data, count: size))).prefix(room)
  for (place, byte) in changed.enumerated() { data[place] = byte }
  return changed.count
}
