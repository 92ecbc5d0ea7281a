import Kernels

/// The lines that tell how masks came about, in the words of the original program.
package enum CrmasksReport {
  /// `138 (000.0043%)`: pixels and their share of the image.
  static func share(_ count: Int, of total: Int, width: Int = 0) -> String {
    let percent = 100 * Double(count) / Double(max(1, total))
    return "\(count)".leftPadded(to: width) + " (" + percent.fixed(4).leftPadded(to: 8, with: "0") + "%)"
  }

  /// What was found in one target.
  ///
  /// - Parameter iterations: whether those of L.A.Cosmic are told.
  package static func lines(
    of detection: TargetDetection, result: MaskingResult, method: CRMethod, iterations: Bool
  ) -> [String] {
    let total = detection.image.count
    let counts = detection.counts
    let (la, mm, both, either) = (counts.lacosmic, counts.mmcosmic, counts.both, counts.either)
    var lines = ["starting cosmic ray detection in \(detection.title) image..."]
    if method.usesLacosmic {
      lines.append("detecting cosmic rays in \(detection.title) using lacosmic...")
    }
    if method.usesLacosmic, iterations {
      lines.append("Starting \(detection.iterationLimit) L.A.Cosmic iterations")
      for (k, count) in detection.perIteration.enumerated() {
        lines.append("Iteration \(k + 1):")
        lines.append("\(count) cosmic pixels this iteration")
      }
    }
    if method.usesMM { lines.append("detecting cosmic rays in \(detection.title) using mmcosmic...") }
    let width = max(max("\(la)".count, "\(mm)".count), "\(either)".count)
    if method.usesLacosmic {
      lines.append("pixels flagged as cosmic rays by lacosmic: " + share(la, of: total, width: width))
    }
    if method.usesMM {
      lines.append("pixels flagged as cosmic rays by mmcosmic: " + share(mm, of: total, width: width))
    }
    if detection.target == .median, method == .mmLacosmic {
      lines.append(
        "pixels flagged as cosmic rays by lacosmic or  mmcosmic: " + share(either, of: total, width: width))
      lines.append(
        "pixels flagged as cosmic rays by lacosmic only........: " + share(la - both, of: total, width: width)
      )
      lines.append(
        "pixels flagged as cosmic rays by mmcosmic only........: " + share(mm - both, of: total, width: width)
      )
      lines.append(
        "pixels flagged as cosmic rays by lacosmic and mmcosmic: " + share(both, of: total, width: width))
    }
    let after = counts.dilated
    let digits = max("\(either)".count, "\(after)".count)
    let what = detection.target == .median ? "coincident cosmic-ray pixels" : "cosmic rays"
    lines.append("before dilation: \("\(either)".leftPadded(to: digits)) pixels flagged as \(what)")
    lines.append("after dilation : \("\(after)".leftPadded(to: digits)) pixels flagged as \(what)")
    if detection.target == .median {
      lines.append("number of grouped cosmic-ray pixels detected: \(result.groups.count)")
    }
    return lines
  }

  /// A line for each target: pixels of each detector, of any of them, and after dilation.
  package static func summary(of result: MaskingResult) -> [String] {
    func line(_ name: String, _ counts: [String]) -> String {
      name.rightPadded(to: 20) + counts.map { $0.leftPadded(to: 11) }.joined()
    }
    let rows = result.detections.map { detection in
      let counts = detection.counts
      return line(
        detection.title, [counts.lacosmic, counts.mmcosmic, counts.either, counts.dilated].map { "\($0)" })
    }
    return [
      line("flagged in", ["lacosmic", result.isByProbability ? "pvalue" : "mmcosmic", "either", "dilated"])
    ] + rows + [
      "groups of contaminated medians: \(result.groups.count); hit in every exposure: \(result.problematic.flagged) pixels in "
        + "\(result.problematicGroups.count) groups"
    ]
  }

  /// The table of a mask set file, as `info` prints it for any file.
  package static func listing(_ masks: MaskSet) -> [String] {
    var lines = ["No.  Name       Dimensions   Masked pixels"]
    let all =
      [("MEDIANCR", masks.medianCR), ("MEANCRT", masks.meanCRT)]
      + masks.exposures.enumerated().map { ("CRMASK\($0.offset + 1)", $0.element) }
    func line(_ number: Int, _ name: String, _ mask: Mask) -> String {
      "\(number)".leftPadded(to: 3) + "  " + name.rightPadded(to: 10) + " "
        + mask.shape.description.rightPadded(to: 12) + " " + share(mask.flagged, of: mask.shape.count)
    }
    for (k, (name, mask)) in all.enumerated() { lines.append(line(k + 1, name, mask)) }
    if let plane = masks.laMedian {
      lines.append(
        "\(all.count + 1)".leftPadded(to: 3) + "  " + "LAMEDIAN".rightPadded(to: 10) + " "
          + plane.shape.description)
    }
    // RPMEDIAN and MMPVALUE stand in between and are not listed.
    let unlisted = (masks.localMedians.isEmpty ? 0 : 1) + (masks.significance == nil ? 0 : 1)
    for (k, mask) in masks.leftOut.enumerated() {
      lines.append(line(lines.count + unlisted, "LEFTOUT\(k + 1)", mask))
    }
    return lines
  }
}

extension TargetDetection {
  /// The target's name in reports.
  var title: String {
    switch target {
    case .median: "median2d"
    case .mean: "mean2d"
    case .exposure(let number): "single exposure #\(number)"
    }
  }
}
