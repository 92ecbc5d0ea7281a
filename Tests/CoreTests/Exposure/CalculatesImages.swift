import TestSupport

@testable import Files
@testable import Kernels
@testable import Pipeline

/// A suite that calculates images, saves and loads them.
protocol CalculatesImages {
  var folder: ScratchFolder { get }
}

extension CalculatesImages {
  func calculated(_ symbol: String, _ a: Value, _ b: Value) throws -> Image {
    guard case .image(let image) = try ValueArithmetic.binary(symbol, a, b, work: Work()) else {
      throw CRSError.data("no image")
    }
    return image
  }

  func loaded(_ image: Image) throws -> Image {
    let path = folder.file("f.fits")
    try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: true)
    return try FITSReader.image(at: path)
  }
}
