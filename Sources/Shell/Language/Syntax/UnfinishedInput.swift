import Kernels

/// Input that ends inside something. Where nothing can follow it is an error like any other.
package struct UnfinishedInput: Error {
  package let error: CRSError
  /// Whether further lines continue it: an open bracket, parenthesis or block, not an open quote.
  package var goesOn = true
}
