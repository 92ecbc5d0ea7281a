import Kernels
import Pipeline
import Testing

@testable import Notebook

/// Frames, signatures and connection files.
@Suite struct MessageTests {
  /// HMAC-SHA256 of RFC 4231, test cases 1 and 2.
  @Test func signaturesAreThoseOfTheStandard() {
    let first = Signature(key: String(repeating: "\u{0B}", count: 20))
    #expect(
      String(decoding: first.sign([Array("Hi There".utf8)]), as: UTF8.self)
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    let second = Signature(key: "Jefe")
    let code = second.sign([Array("what do ya ".utf8), Array("want for ".utf8), Array("nothing?".utf8)])
    #expect(
      String(decoding: code, as: UTF8.self)
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(second.accepts(code, of: [Array("what do ya want for nothing?".utf8)]))
    #expect(!second.accepts(code, of: [Array("what do ya want for something?".utf8)]))
    #expect(!second.accepts(Array(code.dropLast()), of: [Array("what do ya want for nothing?".utf8)]))
    #expect(!second.accepts([], of: []))
    // Keys longer than a block are hashed first: case 6.
    let long = Signature(key: String(repeating: "\u{2}", count: 131))
    #expect(long.sign([[1]]) != Signature(key: String(repeating: "\u{2}", count: 130)).sign([[1]]))
    let none = Signature(key: "")
    #expect(none.sign([[1, 2]]).isEmpty && none.accepts([7], of: [[1]]))
  }

  @Test func messagesAreReadAndWritten() throws {
    let codec = MessageCodec(signature: Signature(key: "key"))
    let parent: JSONValue = ["msg_id": "7", "msg_type": "execute_request"]
    let frames = codec.frames(
      "stream", ["text": "\u{1F600} \"quoted\"\n\u{1}", "name": "stdout"], parent: parent, to: [[1, 2], [3]])
    #expect(frames.count == 8 && frames[0] == [1, 2] && frames[2] == MessageCodec.mark)
    let message = try #require(codec.message(frames))
    #expect(message.identities == [[1, 2], [3]] && message.kind == "stream")
    #expect(message.content["text"]?.string == "\u{1F600} \"quoted\"\n\u{1}")
    #expect(message.header["version"]?.string == "5.5")
    #expect(try JSONValue(bytes: frames[5]) == parent)
    let date = try #require(message.header["date"]?.string)
    #expect(date.count == 27 && date.hasSuffix("Z") && date.dropFirst(10).first == "T")

    // What is no message is none, and nothing traps.
    var wrong = frames
    wrong[7] = Array("{\"text\": 1}".utf8)
    #expect(codec.message(wrong) == nil)
    #expect(MessageCodec(signature: Signature(key: "other")).message(frames) == nil)
    #expect(codec.message([]) == nil && codec.message([MessageCodec.mark]) == nil)
    #expect(codec.message(Array(frames.dropLast())) == nil)
    let open = MessageCodec(signature: Signature(key: ""))
    #expect(open.message([MessageCodec.mark, [], [0xFF], [], [], []]) == nil)
    #expect(open.message([MessageCodec.mark, [], Array("[]".utf8), [], [], Array("{}".utf8)]) == nil)
    #expect(
      Message(identities: [], header: ["msg_type": "complete_request"], content: [:]).replyKind
        == "complete_reply")
  }

  @Test func connectionFilesSayWhereToListen() throws {
    var json: [String: JSONValue] = [
      "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "key": "k",
      "ip": "127.0.0.1", "transport": "tcp", "signature_scheme": "hmac-sha256",
    ]
    #expect(try ConnectionFile(.object(json)).endpoint(.heartbeat) == "tcp://127.0.0.1:5")
    json["ip"] = "::1"
    #expect(try ConnectionFile(.object(json)).endpoint(.shell) == "tcp://[::1]:1")
    json["transport"] = "ipc"
    json["ip"] = "/run/kernel"
    #expect(try ConnectionFile(.object(json)).endpoint(.control) == "ipc:///run/kernel-4")
    for (name, value) in [
      ("shell_port", JSONValue.integer(70000)), ("transport", "epgm"), ("signature_scheme", "md5"),
    ] {
      var wrong = json
      wrong[name] = value
      #expect { try ConnectionFile(.object(wrong)) } throws: { ($0 as? CRSError)?.parameter == name }
    }
  }

  @Test func textComesInPieces() {
    let bytes = Array("a\u{20AC}\u{1F600}\u{E9}".utf8)
    for cut in 0...bytes.count {
      var stream = UTF8Stream()
      let text = stream.text(bytes[..<cut]) + stream.text(bytes[cut...])
      #expect(text + stream.end() == "a\u{20AC}\u{1F600}\u{E9}")
    }
    var stream = UTF8Stream()
    #expect(stream.text([0x61, 0xFF, 0xE2, 0x82]) == "a\u{FFFD}")
    #expect(stream.text([0x41]) == "\u{FFFD}A")
    #expect(stream.text([0xF0, 0x9F]) == "" && stream.end() == "\u{FFFD}" && stream.end() == "")
    #expect(stream.text([0x80, 0x80, 0x80, 0x80]).allSatisfy { $0 == "\u{FFFD}" })
  }

  @Test func jsonIsWrittenAsItIsRead() throws {
    let value: JSONValue = [
      "a": [1, .number(2.5), true, .null, "x\u{7F}\u{1F600}\\\"\t"], "b": [:], "c": [],
      "d": .number(.infinity), "e": .number(1e30),
    ]
    let text = String(decoding: value.bytes, as: UTF8.self)
    #expect(
      text
        == "{\"a\":[1,2.5,true,null,\"x\u{7F}\u{1F600}\\\\\\\"\\t\"],\"b\":{},\"c\":[],\"d\":null,\"e\":1e+30}"
    )
    #expect(try JSONValue(bytes: value.bytes)["a"] == value["a"])
    #expect(try JSONValue(bytes: Array(value.lines.utf8))["a"]?.items?.count == 5)
    #expect(throws: (any Error).self) { try JSONValue(bytes: Array("{\"a\":".utf8)) }
  }
}
