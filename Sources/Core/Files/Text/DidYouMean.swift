/// The known name nearest to a misspelt one, when one is near enough to be meant.
package func nearestName(to word: String, among names: some Sequence<String>) -> String? {
  let limit = max(1, word.count / 3 + (word.count > 4 ? 1 : 0))
  var best: (name: String, distance: Int)?
  let length = word.count
  let lowered = word.lowercased()
  for name in names where name != word {
    let known = name.lowercased()
    // What one is longer must be inserted.
    guard abs(min(lowered.utf8.count, longest) - min(known.utf8.count, longest)) <= limit else { continue }
    let distance = editDistance(lowered, known)
    // A name that shares no letter is not meant.
    if distance <= limit, distance < max(length, name.count), distance < best?.distance ?? Int.max {
      best = (name, distance)
    }
  }
  return best?.name
}

/// `did you mean 'NAME'?`, for `CRSError.hint`.
package func didYouMean(_ word: String, among names: some Sequence<String>) -> String? {
  nearestName(to: word, among: names).map { "did you mean '\($0)'?" }
}

/// Bytes of a word that are compared.
private let longest = 64

/// Letters to insert, delete, replace or swap with a neighbour (optimal string alignment).
func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a.utf8.prefix(longest))
  let b = Array(b.utf8.prefix(longest))
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in 1...a.count {
    var current = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      current[j] = min(
        previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        current[j] = min(current[j], before[j - 2] + 1)
      }
    }
    (before, previous) = (previous, current)
  }
  return previous[b.count]
}
