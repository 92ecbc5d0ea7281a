import Kernels

/// Input that more lines could complete. Where none can follow it is an error like any other.
package struct UnfinishedInput: Error {
  package let error: CRSError
}
