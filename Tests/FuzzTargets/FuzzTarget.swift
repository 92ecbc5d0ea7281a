import Kernels

/// A part of crs that reads what others wrote, as fuzzing feeds it.
package protocol FuzzTarget: AnyObject {
  /// What `scripts/fuzz` calls it; the folder of its seeds has the same name.
  static var name: String { get }
  /// Bytes of the longest input that is worth a try.
  static var longest: Int { get }
  init() throws
  /// - Throws: `CRSError` where the input is refused, which is right; anything else is a fault.
  func run(_ input: [UInt8]) throws
}

/// Something that must not be, whatever the input.
package struct FuzzFault: Error, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}

extension FuzzTarget {
  /// What is wrong with how an input was taken; nil when it gave a value or was refused in order.
  package func fault(in input: [UInt8]) -> String? {
    do {
      try run(input)
    } catch let error as CRSError where !error.message.isEmpty {
      return nil
    } catch {
      return "\(type(of: error)): \(error)"
    }
    return nil
  }

  /// Runs one of several things that may each be refused.
  func attempt(_ body: () throws -> Void) throws {
    do { try body() } catch let error as CRSError where !error.message.isEmpty {}
  }
}

package enum FuzzTargets {
  package static var all: [any FuzzTarget.Type] {
    [
      FileNameFuzzing.self, FITSFuzzing.self, ParameterFileFuzzing.self, LanguageFuzzing.self,
      EvaluatorFuzzing.self, TableFuzzing.self, KeyFuzzing.self, ManifestFuzzing.self, MessageFuzzing.self,
      NotebookFuzzing.self,
    ]
  }

  package static subscript(name: String) -> (any FuzzTarget.Type)? { all.first { $0.name == name } }
}
