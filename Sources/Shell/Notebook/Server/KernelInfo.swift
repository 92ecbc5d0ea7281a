import Files
import Pipeline

/// What the kernel says of itself.
enum KernelInfo {
  static let reply: JSONValue = [
    "status": "ok", "protocol_version": .text(MessageCodec.protocolVersion), "implementation": "crs",
    "implementation_version": .text(CRSVersion.text), "language_info": NotebookDocument.language,
    "banner": .text("crs \(CRSVersion.text): help lists the commands, NAME? explains one"), "debugger": false,
    "supported_features": [], "help_links": [],
  ]
}
