internal import CCFITSIO
import Kernels

extension FITSFile {
  /// Cards that `seal` fills in; without a time, so that the same value gives the same file.
  static let emptySums = [
    "CHECKSUM= '0000000000000000'   / HDU checksum", "DATASUM = '         0'         / data unit checksum",
  ]

  /// The sum of the bytes of the current HDU's data unit.
  ///
  /// - Throws: `CRSError` (file), or interrupted.
  func dataSum(work: Work? = nil) throws -> DataSum {
    let place = try place()
    return try sum(from: place.data, to: min(place.end, max(place.data, Int(size))), work: work)
  }

  /// The sum of the current HDU's header.
  func headerSum() throws -> DataSum {
    let place = try place()
    return try sum(from: place.start, to: place.data, work: nil)
  }

  /// Writes DATASUM and CHECKSUM of the current HDU, the latter such that all words of the HDU sum up to -0.
  ///
  /// - Parameter data: the sum of the data unit, which must be complete.
  func seal(_ data: DataSum) throws {
    var status: Int32 = 0
    ffukys(handle, "DATASUM", "\(data.value)", "data unit checksum", &status)
    ffukys(handle, "CHECKSUM", "0000000000000000", "HDU checksum", &status)
    ffrdef(handle, &status)
    try check(status, "cannot write its checksum")
    var text = [CChar](repeating: 0, count: 17)
    ffesum(UInt(try (headerSum() + data).value), 1, &text)
    ffmkys(handle, "CHECKSUM", text, "&", &status)
    ffflsh(handle, 0, &status)
    try check(status, "cannot write its checksum")
  }

  /// Bytes of the current HDU's data unit.
  func dataBytes() throws -> Int {
    let place = try place()
    return place.end - place.data
  }

  private func place() throws -> (start: Int, data: Int, end: Int) {
    var (start, data, end): (LONGLONG, LONGLONG, LONGLONG) = (0, 0, 0)
    var status: Int32 = 0
    ffghadll(handle, &start, &data, &end, &status)
    try check(status, "cannot read its header")
    return (Int(start), Int(data), Int(end))
  }

  private func sum(from start: Int, to end: Int, work: Work?) throws -> DataSum {
    var sum = DataSum()
    var status: Int32 = 0
    var block = [UInt8](repeating: 0, count: min(1 << 20, max(0, end - start)))
    for first in stride(from: start, to: end, by: 1 << 20) {
      try work?.checkCancelled()
      let count = min(1 << 20, end - first)
      ffmbyt(handle, LONGLONG(first), 0, &status)
      ffgbyt(handle, LONGLONG(count), &block, &status)
      try check(status, "cannot read its data", hint: "the file may be damaged or cut short")
      block.withUnsafeBytes { sum.add(bytes: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    return sum
  }

  /// Compares DATASUM and CHECKSUM of the current HDU, which must be the described one, with its bytes.
  ///
  /// Each HDU is looked at once. Of a part they are compared where all of the HDU is of moderate size, or the file is
  /// read strictly.
  /// - Parameter isAsked: whether the HDU is what somebody asked for, or a part of it.
  /// - Throws: `CRSError` (file) when they differ and the file is read strictly; otherwise, and in an HDU that is only
  ///   passed on with one that was chosen, that is a remark.
  func checkSums(_ hdu: HDUDescription, isAsked: Bool = true, work: Work?) throws {
    if hdu.part != nil, !isStrict, try dataBytes() > FramePart.moderate { return }
    guard summedHDUs.insert(hdu.number).inserted else { return }
    func sum(_ keyword: String) -> String? {
      hdu.header.text(keyword)?.trimmingBlanks().nonEmpty
    }
    let (dataText, hduText) = (sum("DATASUM"), sum("CHECKSUM"))
    guard dataText != nil || hduText != nil else { return }
    let data = try dataSum(work: work)
    var message: String?
    if let dataText, UInt32(dataText) != data.value {
      message = "DATASUM is \(dataText), the data have \(data.value): they changed since it was written"
    } else if hduText != nil, try (headerSum() + data).value != UInt32.max {
      message =
        dataText == nil
        ? "CHECKSUM does not match: header or data changed since it was written"
        : "CHECKSUM does not match, DATASUM does: the header changed since it was written"
    }
    guard let message else { return }
    if isStrict, isAsked {
      throw CRSError.file(message, file: path, hdu: hdu.number, hint: "strict=no loads it with a warning")
    }
    work?.remark?("warning: \(path)[\(hdu.number)]: \(message)")
  }

  /// Compares the sums of every HDU that nobody has looked at yet: a file of our own is one value.
  func checkAllSums(work: Work?) throws {
    for hdu in try descriptions() {
      guard try move(to: hdu.number) else { return }
      try checkSums(hdu, work: work)
    }
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
