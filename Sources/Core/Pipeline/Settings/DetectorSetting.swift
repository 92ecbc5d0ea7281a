import Files
import Kernels

/// A detector property as a file of settings gives it: a number, or a FITS file with one value a pixel.
package enum DetectorSetting: Sendable, Equatable {
  case number(Double)
  /// A file that exists, its name completed.
  case file(String)
  /// Of the bias: what the overscan of each exposure tells.
  case auto

  /// The number or the plane of the file.
  ///
  /// - Parameters:
  ///   - name: gain, rnoise or bias, for messages and for what values are allowed.
  ///   - shape: the shape of the exposures.
  /// - Throws: `CRSError` (file, data) when the file cannot be read or does not fit.
  package func value(_ name: String, for shape: Shape, work: Work? = nil) throws -> DetectorValue {
    switch self {
    case .number(let number): return .constant(number)
    case .auto:
      throw CRSError.usage(
        "auto is none of its values here", parameter: name, expected: DetectorSetting.expectation(name))
    case .file(let path):
      let plane = try FITSReader.image(at: path, work: work).pixels
      guard plane.shape == shape else {
        throw CRSError(
          .data, "is \(plane.shape), the exposures are \(shape)", file: path, parameter: name,
          expected: "the same shape")
      }
      let allowed = plane.pixels.allSatisfy {
        $0.isFinite && (name == "gain" ? $0 > 0 : name == "rnoise" ? $0 >= 0 : true)
      }
      guard allowed else {
        throw CRSError(
          .data, "has pixels out of range", file: path, parameter: name,
          expected: DetectorSetting.expectation(name))
      }
      return .plane(plane)
    }
  }

  static func expectation(_ name: String) -> String {
    switch name {
    case "gain": "electrons per ADU, a number above 0, or a FITS file"
    case "rnoise": "ADU, a number of at least 0, or a FITS file"
    default: "ADU, a number, a FITS file, or auto"
    }
  }

  /// Checks gain, rnoise or bias; null means 1, 0 and 0 with a warning.
  init(_ name: String, _ value: Value, folders: [String], notes: inout [String]) throws {
    if value.isNone {
      self = .number(name == "gain" ? 1 : 0)
      notes.append("\(name) is None: \(name == "gain" ? 1.0 : 0.0) is used")
      return
    }
    if name == "bias", value.text?.trimmingBlanks() == "auto" {
      self = .auto
      return
    }
    if let text = value.text, Double(text.trimmingBlanks()) == nil {
      self = .file(try SettingsPath.resolve(text, folders: folders))
      return
    }
    guard let number = value.double ?? value.text.flatMap({ Double($0.trimmingBlanks()) }),
      number.isFinite, abs(number) < 1e30, name == "bias" || (name == "gain" ? number > 0 : number >= 0)
    else {
      throw CRSError.usage(
        "\(value.historyText) is not allowed", parameter: name, expected: DetectorSetting.expectation(name))
    }
    self = .number(number)
  }
}

/// Finds the files that a file of settings names.
enum SettingsPath {
  /// As given from the current folder, otherwise from each of the other folders.
  ///
  /// - Throws: `CRSError` (file) when it is nowhere.
  static func resolve(_ name: String, folders: [String]) throws -> String {
    do {
      _ = try FITSPath(name)
      return name
    } catch let missing {
      guard !name.hasPrefix("/") else { throw missing }
      for folder in folders where !folder.isEmpty {
        let other = folder + "/" + name
        do {
          _ = try FITSPath(other)
          return other
        } catch let refused where (try? DiskName.find(String(other.prefix { $0 != "[" }))) != nil {
          // The file is there: what is wrong is what the name asks of it.
          throw refused
        } catch {}
      }
      throw missing
    }
  }
}

extension CRSError {
  /// The same error with the place in a file of settings; an error that knows its place keeps it.
  func placed(in file: String, at node: (line: Int, column: Int)?, parameter: String? = nil) -> CRSError {
    var error = self
    if let named = error.file, named != file {
      // The file that cannot be read is named in the sentence; the place is in the file of settings.
      error.message = "\(named)\(error.hdu.map { "[\($0)]" } ?? ""): \(error.message)"
      error.hdu = nil
    }
    error.file = file
    error.parameter = error.parameter ?? parameter
    error.line = error.line ?? node?.line
    error.column = error.column ?? node?.column
    return error
  }
}
