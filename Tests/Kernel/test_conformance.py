"""The tests that Jupyter has for all kernels."""

import jupyter_kernel_test


class ConformanceTests(jupyter_kernel_test.KernelTests):
    kernel_name = "crs"
    language_name = "crs"
    file_extension = ".crs"
    code_hello_world = "!echo hello, world"
    code_stderr = "!echo bad >&2"
    completion_samples = [
        {"text": "lacos", "matches": {"lacosmic"}},
        {"text": "exi", "matches": {"exit"}},
        {"text": "combine x met", "matches": {"method="}},
    ]
    complete_code_samples = ["1 + 2", "x = 3", "for i in 1:3\n  i\nend", "# nothing"]
    incomplete_code_samples = ["for i in 1:3", "x = (1 +", "if yes\n  1"]
    invalid_code_samples = ["x = )", "1 2 3 +", "end"]
    code_generate_error = "lacosmic nothere"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "'text'", "result": "'text'"},
        {"code": "[1, 2]", "result": "[1, 2]"},
    ]
    code_display_data = [
        {"code": "s = simulate nx=32 ny=32 seed=1\nshow s[1]", "mime": "image/png"},
        {"code": "help dilate", "mime": "text/html"},
    ]
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "lacosmic"

    code_history_pattern = "1 +*"


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "crs"
    support_iopub_welcome = True
