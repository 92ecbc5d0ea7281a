/// The version of the program.
package enum CRSVersion {
  package static let text = "0.2.0"
}
