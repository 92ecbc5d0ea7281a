import Kernels
import TestSupport
import Testing

@testable import Language

/// A record says at once which of its files are there.
@Suite struct ReplayCheckTests {
  private func failure(_ body: () throws -> Void) -> CRSError? {
    do {
      try body()
      return nil
    } catch { return error as? CRSError }
  }

  @Test func allFilesAreNamed() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    let path = folder.path
    try run.run(
      """
      s = simulate nx=20 ny=20 n=2 seed=1 prefix='\(path)/p'
      for i in 1:9
      save s[1] "\(path)/a_${i}.fits"
      end
      history '\(path)/h.crs'
      """)
    let error = try #require(
      failure { try ScriptRun().interpreter.checkReplay(ofFile: "\(path)/h.crs") })
    #expect(error.file == "\(path)/p_1.fits")
    #expect(error.message.contains("p_2.fits") && error.message.contains("p_truth.fits"), "\(error)")
    #expect(error.message.contains("and 7 more"), "\(error)")
    #expect(error.hint?.contains("--overwrite") == true)
  }

  /// A script of one's own says how all of it is replaced.
  @Test func scriptsSayHowToGoOn() throws {
    let folder = try ScratchFolder()
    let script = try folder.write(
      "s = simulate nx=20 ny=20 seed=1\nsave s[1] '\(folder.path)/a.fits'\n", "k.crs")
    func error() throws -> String? {
      let run = try ScriptRun()
      run.interpreter.isScript = true
      return failure { try run.interpreter.run(file: script) }?.description
    }
    #expect(try error() == nil)
    #expect(try error()?.contains("crs \(script) --overwrite") == true)
  }
}
