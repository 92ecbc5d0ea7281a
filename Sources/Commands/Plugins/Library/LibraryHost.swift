internal import CPlugins
import Files
import Foundation
import Kernels
import Pipeline

/// The functions that crs offers to libraries.
enum LibraryHost {
  /// Valid as long as the program runs.
  static var shared: UnsafePointer<crs_host> { UnsafePointer(stored.table) }

  private struct Stored: @unchecked Sendable {
    let table: UnsafeMutablePointer<crs_host>
  }

  private static let stored: Stored = {
    let table = UnsafeMutablePointer<crs_host>.allocate(capacity: 1)
    table.initialize(to: crs_host())
    table.pointee.size = MemoryLayout<crs_host>.size
    table.pointee.protocol = UInt32(PluginDescription.protocolVersion)
    table.pointee.version = UnsafePointer(strdup(CRSVersion.text))
    addArguments(table)
    addPixels(table)
    addResults(table)
    addTelling(table)
    addUncertainty(table)
    return Stored(table: table)
  }()

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
  }

  private static func addArguments(_ host: UnsafeMutablePointer<crs_host>) {
    host.pointee.command = { handle in
      handle.flatMap { call in
        let call = LibraryCall.call(call)
        return call.text(call.manifest.name)
      }
    }
    host.pointee.threads = { handle in
      handle.map { Int32(clamping: LibraryCall.call($0).context.work.threads) } ?? 1
    }
    host.pointee.number = { handle, name, out in
      guard let handle, let number = LibraryCall.call(handle).value(LibraryHost.text(name))?.double else {
        return 0
      }
      out?.pointee = number
      return 1
    }
    host.pointee.integer = { handle, name, out in
      guard let handle else { return 0 }
      switch LibraryCall.call(handle).value(LibraryHost.text(name)) {
      case .integer(let number)?: out?.pointee = Int64(number)
      case .bool(let flag)?: out?.pointee = flag ? 1 : 0
      default: return 0
      }
      return 1
    }
    host.pointee.text = { handle, name in
      guard let handle else { return nil }
      let call = LibraryCall.call(handle)
      guard case .text(let text)? = call.value(LibraryHost.text(name)) else { return nil }
      return call.text(text)
    }
    host.pointee.list = { handle, name, count in
      guard let handle else { return nil }
      let call = LibraryCall.call(handle)
      guard case .list(let items)? = call.value(LibraryHost.text(name)) else { return nil }
      let numbers = items.compactMap(\.double)
      guard numbers.count == items.count else { return nil }
      count?.pointee = numbers.count
      return call.numbers(numbers)
    }
  }

  private static func addPixels(_ host: UnsafeMutablePointer<crs_host>) {
    host.pointee.exposures = { handle, name in
      handle.map { LibraryCall.call($0).images(LibraryHost.text(name)).count } ?? 0
    }
    host.pointee.pixels = { handle, name, exposure, width, height in
      guard let handle else { return nil }
      let call = LibraryCall.call(handle)
      guard let image = call.image(LibraryHost.text(name), Int(clamping: exposure)) else { return nil }
      width?.pointee = image.width
      height?.pointee = image.height
      return call.pointer(image.pixels.pixels)
    }
    host.pointee.mask = { handle, name, exposure, width, height in
      guard let handle else { return nil }
      let call = LibraryCall.call(handle)
      guard let mask = call.mask(LibraryHost.text(name), Int(clamping: exposure)) else { return nil }
      width?.pointee = mask.width
      height?.pointee = mask.height
      return call.pointer(mask.plane.pixels)
    }
    host.pointee.uncertainty = { handle, name, exposure in
      guard let handle else { return nil }
      let call = LibraryCall.call(handle)
      guard let errors = call.image(LibraryHost.text(name), Int(clamping: exposure))?.uncertainty else {
        return nil
      }
      return call.pointer(keeping: errors.deviation)
    }
    host.pointee.header = { handle, name, exposure, keyword in
      guard let handle else { return nil }
      let call = LibraryCall.call(handle)
      let image = call.image(LibraryHost.text(name), Int(clamping: exposure))
      return image?.cards.find(LibraryHost.text(keyword)).flatMap { call.text($0.reading.literal) }
    }
  }

  private static func addResults(_ host: UnsafeMutablePointer<crs_host>) {
    host.pointee.result_image = { handle, name, width, height in
      handle.flatMap {
        LibraryCall.call($0).resultImage(LibraryHost.text(name), Int(clamping: width), Int(clamping: height))
      }
    }
    host.pointee.result_mask = { handle, name, width, height in
      handle.flatMap {
        LibraryCall.call($0).resultMask(LibraryHost.text(name), Int(clamping: width), Int(clamping: height))
      }
    }
    host.pointee.result_number = { handle, name, number in
      guard let handle else { return 0 }
      return LibraryCall.call(handle).result(LibraryHost.text(name), .number(number), [.number]) ? 1 : 0
    }
    host.pointee.result_integer = { handle, name, number in
      guard let handle else { return 0 }
      let call = LibraryCall.call(handle)
      let name = LibraryHost.text(name)
      if call.result(name, .integer(Int(number)), [.integer, .number]) { return 1 }
      return call.result(name, .bool(number != 0), [.flag]) ? 1 : 0
    }
    host.pointee.result_text = { handle, name, text in
      guard let handle else { return 0 }
      let call = LibraryCall.call(handle)
      return call.result(LibraryHost.text(name), .text(LibraryHost.text(text)), [.text, .word, .file]) ? 1 : 0
    }
  }

  private static func addUncertainty(_ host: UnsafeMutablePointer<crs_host>) {
    host.pointee.result_uncertainty = { handle, name in
      handle.flatMap { LibraryCall.call($0).resultUncertainty(LibraryHost.text(name)) }
    }
  }

  private static func addTelling(_ host: UnsafeMutablePointer<crs_host>) {
    host.pointee.fail = { handle, message, parameter, expected, hint in
      guard let handle else { return -1 }
      LibraryCall.call(handle).fail(
        CRSError.data(
          message.map { String(cString: $0) } ?? "the plugin failed",
          parameter: parameter.map { String(cString: $0) },
          expected: expected.map { String(cString: $0) }, hint: hint.map { String(cString: $0) }))
      return -1
    }
    host.pointee.report = { handle, line in
      if let handle { LibraryCall.call(handle).report(LibraryHost.text(line)) }
    }
    host.pointee.note = { handle, line in
      if let handle { LibraryCall.call(handle).note(LibraryHost.text(line)) }
    }
    host.pointee.progress = { handle, fraction, stage in
      guard let handle, fraction.isFinite else { return }
      LibraryCall.call(handle).context.work.report(
        PlainText.line(LibraryHost.text(stage)), min(1, max(0, fraction)))
    }
    host.pointee.should_stop = { handle in
      handle.map { LibraryCall.call($0).context.work.cancellation.isRaised ? 1 : 0 } ?? 0
    }
  }
}
