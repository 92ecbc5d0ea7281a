import Foundation
import Kernels
import Pipeline
import TestSupport
import Testing

@testable import Notebook

/// Programs of cells, what they may write, and who is asked.
@Suite(.serialized) struct CellRunTests {
  @Test func outputIsSlowedDownAndBounded() {
    var budget = OutputBudget()
    let start = ContinuousClock.now
    #expect(budget.take(OutputBudget.burst, isInterrupted: false, at: start) == .show(after: .zero))
    guard case .show(let wait) = budget.take(OutputBudget.speed, isInterrupted: false, at: start) else {
      Issue.record("left out")
      return
    }
    #expect(wait > .milliseconds(900) && wait < .milliseconds(1100))
    // Later there is room again; at an interrupt nothing waits.
    let later = start + .seconds(2)
    #expect(budget.take(10, isInterrupted: true, at: later) == .show(after: .zero))
    #expect(budget.note == nil)
    #expect(budget.take(2 * OutputBudget.speed, isInterrupted: true, at: start) == .leaveOut)
    #expect(budget.take(OutputBudget.largest, isInterrupted: false, at: later) == .leaveOut)
    #expect(budget.note?.contains("285.2 MB of the output are left out") == true, "\(budget.note ?? "")")
  }

  private func program(_ cancellation: Cancellation, _ lines: Lines, _ late: Lines) -> PipedProgram {
    PipedProgram(
      cancellation: cancellation, write: { text, _ in lines.add(text) },
      later: { { text, _ in late.add(text) } })
  }

  @Test func whatTheBackgroundWritesComesLater() throws {
    let (lines, late) = (Lines(), Lines())
    // A shell in a folder that another test removed would say so.
    let (status, start) = try CurrentFolder.with("/") {
      let start = ContinuousClock.now
      let status = program(Cancellation(), lines, late).run(
        "(sleep 0.5; printf '\\303'; sleep 0.1; printf '\\251') & echo now")
      return (status, start)
    }
    #expect(status == 0)
    #expect(start.duration(to: .now) < .milliseconds(450))
    #expect(lines.all.joined() == "now\n")
    while late.all.isEmpty, start.duration(to: .now) < .seconds(5) { usleep(10_000) }
    usleep(100_000)
    #expect(late.all.joined() == "\u{E9}")
  }

  @Test func programsEndWithTheKernel() throws {
    let (lines, late) = (Lines(), Lines())
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let front = folder.file("front")
    let status = try CurrentFolder.with("/") {
      program(Cancellation(), lines, late).run("(sleep 61; echo \(front)) > /dev/null 2>&1 & echo $!")
    }
    #expect(status == 0)
    let background = try #require(Int32(lines.all.joined().trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(background, 0) == 0)
    ProgramGroups.shared.end()
    let start = ContinuousClock.now
    while isRunning(background), start.duration(to: .now) < .seconds(3) { usleep(10_000) }
    #expect(!isRunning(background))
  }

  /// Whether a process lives; one that is not yet forgotten does not.
  private func isRunning(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return false
    }
    return !(text.split(separator: ")").last?.hasPrefix(" Z") ?? true)
  }

  @Test func connectionsThatCloseAreSeen() throws {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let connection = try #require(ClientConnection(descriptor: ends[0]))
    #expect(connection.isOpen)
    close(ends[0])
    #expect(!connection.isOpen)
    // The number alone is not the connection.
    #expect(dup2(ends[1], ends[0]) == ends[0])
    #expect(!connection.isOpen)
    close(ends[0])
    close(ends[1])
    #expect(ClientConnection(descriptor: -1) == nil)
  }

  @Test func requestsNeedCode() {
    func message(_ content: JSONValue) -> Message {
      Message(identities: [], header: ["msg_type": "execute_request"], content: content)
    }
    #expect(ExecuteRequest(message(["code": "x = 1", "silent": true]))?.storesHistory == false)
    for content: JSONValue in [[:], ["code": ["a"]], ["code": .null], ["code": 5]] {
      #expect(ExecuteRequest(message(content)) == nil)
    }
  }

  @Test func openCallsAreFound() {
    #expect(CursorText("sqrt(", cursor: 5).called == "sqrt")
    #expect(CursorText("x = clip(abs(a), ", cursor: 17).called == "clip")
    #expect(CursorText("x = (1 + ", cursor: 9).called == nil)
    #expect(CursorText("sqrt(4)", cursor: 7).called == nil)
    #expect(CursorText("sqrt(4\n", cursor: 7).called == nil)
  }
}
