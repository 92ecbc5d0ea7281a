import Files
import Foundation
import Kernels
import Pipeline
import TestSupport

/// Parameter files of crmasks and observation files.
package final class ParameterFileFuzzing: FuzzTarget {
  package static let name = "parameters"
  package static let longest = 4096

  private let folder = try? ScratchFolder()
  private let file: ReusedFile

  package init() throws {
    guard let folder else { throw FuzzFault("no folder") }
    file = try ReusedFile("p.yaml", in: folder)
    // Only that they are there is looked at.
    for name in ["e_1.fits", "e_2.fits", "e_3.fits", "masks.fits"] { _ = try folder.write("x", name) }
  }

  package func run(_ input: [UInt8]) throws {
    try attempt { _ = try YAMLDocument.parse(String(decoding: input, as: UTF8.self), file: "p.yaml") }
    try file.write(input)
    try attempt { _ = try ParameterFile.read(file.path) }
    try attempt { _ = try ObservationFile.read(file.path) }
  }
}
