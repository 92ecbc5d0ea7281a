/// What a parameter takes or a command gives.
package enum Kind: String, Codable, Sendable {
  case image, stack, mask, maskset, diagram, boundary, table, number, integer, flag, text, word, file,
    section,
    list, any
}
