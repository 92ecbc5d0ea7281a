import Calling
import Files
import Foundation
import Pipeline
import Plot

/// One thing in the forms that clients choose from; what would steer a terminal is written out in its text.
package struct MimeBundle: Sendable, Equatable {
  package var data: [String: JSONValue]
  package var metadata: [String: JSONValue] = [:]

  package init(text: String) { data = ["text/plain": .text(text.visible)] }

  package init(_ page: Page) {
    data = [
      "text/plain": .text(page.lines.joined(separator: "\n").visible),
      "text/html": .text(HTML.text(page.parts)),
    ]
  }

  /// - Parameter text: what stands for the figure where there are no pictures.
  package init(png: [UInt8], text: String? = nil) {
    let size = PictureSize(png: png)
    data = [
      "image/png": .text(Data(png).base64EncodedString()),
      "text/plain": .text(text?.visible ?? "figure, \(size.width)x\(size.height) pixels"),
    ]
    metadata = ["image/png": size.json]
  }

  package init(svg: [UInt8], text: String? = nil) {
    data = [
      "image/svg+xml": .text(String(decoding: svg, as: UTF8.self)),
      "text/plain": .text(text?.visible ?? "figure"),
    ]
  }

  /// Bytes of its texts and pictures.
  package var size: Int { data.values.reduce(0) { $0 + ($1.string?.utf8.count ?? 0) } }
}
