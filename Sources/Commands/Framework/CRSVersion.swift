/// The version of the program.
public enum CRSVersion {
  public static let text = "0.1.0"
}
