/* el_set, el_get and history are variadic, which Swift cannot call: one wrapper for each operation that we use. */
#ifndef CRS_EDITLINE_SHIM_H
#define CRS_EDITLINE_SHIM_H
#include <histedit.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

extern int wcwidth(wchar_t character); /* declared by wchar.h under _XOPEN_SOURCE only */

static inline int crs_el_set_prompt(EditLine *e, char *(*f)(EditLine *)) { return el_set(e, EL_PROMPT, f); }
static inline int crs_el_set_editor(EditLine *e, const char *mode) { return el_set(e, EL_EDITOR, mode); }
/* A history that is filled when it is first looked at. */
typedef struct {
  History *history;
  void (*fill)(void *owner); /* NULL once it has been called */
  void *owner;
} crs_history_source;
static inline int crs_history_on_demand(void *pointer, HistEvent *event, int operation, ...) {
  crs_history_source *source = (crs_history_source *)pointer;
  if (source->fill) {
    void (*fill)(void *) = source->fill;
    source->fill = NULL;
    fill(source->owner);
  }
  va_list arguments;
  va_start(arguments, operation);
  int result;
  if (operation == H_SET || operation == H_SETSIZE || operation == H_SETUNIQUE || operation == H_NEXT_EVENT ||
      operation == H_PREV_EVENT) {
    result = history(source->history, event, operation, va_arg(arguments, int));
  } else {
    result = history(source->history, event, operation, va_arg(arguments, void *));
  }
  va_end(arguments);
  return result;
}
static inline int crs_el_set_history(EditLine *e, crs_history_source *source) {
  return el_set(e, EL_HIST, crs_history_on_demand, source);
}
static inline int crs_el_takes_terminal(EditLine *e, int on) { return el_set(e, EL_PREP_TERM, on); }
static inline const char *crs_el_editor(EditLine *e) { const char *mode = NULL; el_get(e, EL_EDITOR, &mode); return mode; }
/* Runs a line of .editrc, but one that chooses the keys as a whole. */
static inline void crs_el_own_line(EditLine *e, const char *line) {
  Tokenizer *tokenizer = tok_init(NULL);
  if (!tokenizer) return;
  int count = 0;
  const char **words = NULL;
  if (tok_str(tokenizer, line, &count, &words) == 0 && count > 0) {
    const char *option = count == 2 ? words[1] : "";
    if (strcmp(option, "-v") != 0 && strcmp(option, "-e") != 0) el_parse(e, count, words);
  }
  tok_end(tokenizer);
}
static inline int crs_el_set_capability(EditLine *e, const char *name, const char *text) {
  return el_set(e, EL_SETTC, name, text, NULL);
}
static inline int crs_el_set_signal(EditLine *e, int on) { return el_set(e, EL_SIGNAL, on); }
static inline int crs_el_add_function(EditLine *e, const char *name, const char *help,
                                      unsigned char (*f)(EditLine *, int)) {
  return el_set(e, EL_ADDFN, name, help, f);
}
static inline int crs_el_bind(EditLine *e, const char *key, const char *command) {
  return el_set(e, EL_BIND, key, command, NULL);
}
static inline int crs_el_bind_command_mode(EditLine *e, const char *key, const char *command) {
  return el_set(e, EL_BIND, "-a", key, command, NULL);
}
static inline int crs_el_set_reader(EditLine *e, int (*f)(EditLine *, wchar_t *)) { return el_wset(e, EL_GETCFN, f); }
static inline int crs_el_refresh(EditLine *e) { return el_set(e, EL_REFRESH); }
static inline int crs_el_set_client_data(EditLine *e, void *data) { return el_set(e, EL_CLIENTDATA, data); }
static inline void *crs_el_client_data(EditLine *e) { void *data = NULL; el_get(e, EL_CLIENTDATA, &data); return data; }
static inline int crs_history_size(History *h, int count) { HistEvent ev; return history(h, &ev, H_SETSIZE, count); }
static inline int crs_history_unique(History *h, int on) { HistEvent ev; return history(h, &ev, H_SETUNIQUE, on); }
static inline int crs_history_enter(History *h, const char *line) { HistEvent ev; return history(h, &ev, H_ENTER, line); }
static inline FILE *crs_stdin(void) { return stdin; }
static inline FILE *crs_stdout(void) { return stdout; }
static inline FILE *crs_stderr(void) { return stderr; }
#endif
