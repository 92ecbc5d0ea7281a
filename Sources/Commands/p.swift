import Core

public enum CmdPlaceholder {}
