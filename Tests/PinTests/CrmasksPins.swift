import Foundation
import TestSupport
import Testing

/// HISTORY, UUID and masks of runs of crmasks with every kind of key.
@Suite struct CrmasksPins {
  @Test func parameterFilesGiveTheseMasks() throws {
    var pins = try Pins("crmasks")
    try pins.check { try CrmasksRuns.run($0.input) }
  }

  @Test func callsGiveTheseMasks() throws {
    var pins = try Pins("crmasks-calls")
    try pins.check { try CrmasksRuns.call($0.input.joined(separator: " ")) }
  }

  /// What keys change: in a parameter file, or with "call " before them in a call.
  @Test func eachKeyChanges() throws {
    var pins = try Pins("crmasks-changes")
    let file = try CrmasksRuns.run([])
    let usual = try CrmasksRuns.call("seed=1")
    try pins.check { entry in
      if entry.input[0].hasPrefix("call ") {
        return CrmasksRuns.changes(
          from: usual, to: try CrmasksRuns.call("seed=1 " + entry.input[0].dropFirst(5)))
      }
      return CrmasksRuns.changes(from: file, to: try CrmasksRuns.run(entry.input))
    }
  }
}
