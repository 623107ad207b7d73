//! Writes a C program out of the header: for every function and each of its parameters a case in which that one
//! argument is wrong and all others are valid. What has to come back is read from the function's comment.

use std::fmt::Write;
use std::sync::LazyLock;

use super::header::{Function, Parameter, functions, handle_types};

static KINDS: LazyLock<Vec<String>> = LazyLock::new(handle_types);

fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(String::as_str)
}

/// Kinds that a forked child cannot use.
const OF_THIS_PROCESS: [&str; 4] = ["client", "op", "queue", "source"];
/// What only a client of a service with accounts does, which here is one that nobody serves.
const OF_ACCOUNTS: [&str; 14] = [
    "sign_in",
    "sign_out",
    "login_begin",
    "complete_login",
    "receive_login",
    "logout_url",
    "recording_link",
    "worklist_link",
    "request",
    "endpoints",
    "doctor",
    "create_managed_user",
    "delete_managed_user",
    "as_user",
];

/// What only a client of a service that charges does; this one nobody serves, either.
const OF_CHARGING: [&str; 14] = [
    "create_order",
    "order",
    "quote",
    "edit_settings",
    "apply_promo",
    "place",
    "delete_order",
    "dictionary",
    "regenerate_application_token",
    "billing_address",
    "set_billing_address",
    "billing_card",
    "billing_client_token",
    "save_billing_card",
];

impl Parameter {
    fn is_pointer(&self) -> bool {
        self.ctype.ends_with('*') || self.ctype.ends_with("_fn")
    }

    /// `client` for a `tiro_client *`.
    fn handle_kind(&self) -> Option<&'static str> {
        let inner = self.ctype.strip_prefix("const ").unwrap_or(&self.ctype).strip_suffix(" *")?;
        kinds().find(|kind| inner.strip_prefix("tiro_") == Some(kind))
    }

    /// `client` for a `tiro_client **`; errors are not meant.
    fn output_kind(&self) -> Option<&'static str> {
        let inner = self.ctype.strip_suffix(" **")?.strip_prefix("tiro_")?;
        kinds().find(|kind| *kind == inner && *kind != "error")
    }

    fn is_text(&self) -> bool {
        self.ctype == "const char *"
    }

    /// A text that is taken as the platform's bytes.
    fn is_path(&self) -> bool {
        self.is_text() && matches!(self.name.as_str(), "path" | "from")
    }
}

impl Function {
    fn fails(&self) -> bool {
        self.returns == "tiro_status" && self.parameters.iter().any(|parameter| parameter.name == "err")
    }

    fn is_free(&self) -> bool {
        self.name.ends_with("_free")
    }

    fn destroys(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == "destroy")
    }

    /// The words of one paragraph of the comment, up to the next one.
    fn paragraph(&self, label: &str) -> String {
        let plain: Vec<&str> =
            self.comment.lines().map(|line| line.trim().trim_start_matches('*').trim()).collect();
        let plain = plain.join(" ");
        let Some((_, rest)) = plain.split_once(label) else { return String::new() };
        let end = ["Returns:", "Thread:", "@since"].iter().filter_map(|next| rest.find(next)).min();
        rest[..end.unwrap_or(rest.len())].trim().to_owned()
    }

    fn null(&self, parameter: &Parameter) -> Null {
        let paragraph = self.paragraph("NULL:");
        for clause in paragraph.split([';', '.']) {
            let words: Vec<&str> =
                clause.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).collect();
            if !words.contains(&parameter.name.as_str()) || clause.contains("may not") {
                continue;
            }
            if let Some((_, condition)) = clause.split_once("may be NULL if ") {
                return Null::AllowedIf(condition.strip_suffix(" is 0").expect("X is 0").to_owned());
            }
            let followed = |pair: &[&str]| pair[0] == parameter.name && pair[1] == "NULL";
            if clause.contains("may be NULL") || words.windows(2).any(followed) {
                return Null::Allowed;
            }
        }
        Null::Refused
    }

    /// What a getter gives for a handle that is none, as a condition on `got`.
    fn documented_empty(&self) -> String {
        let returns = self.paragraph("Returns:");
        let clause = returns.split([';', '.']).find(|clause| clause.contains("for NULL or a bad handle"));
        let clause = clause.unwrap_or_else(|| panic!("{}: what for a bad handle?", self.name)).trim();
        let value = clause.split([' ', ',']).next().unwrap();
        match value {
            "\"\"" => "got != NULL && got[0] == '\\0' && v.len == 0".to_owned(),
            "NULL" if clause.contains("a length of 0") => "got == NULL && v.len == 0".to_owned(),
            "NULL" => {
                assert!(clause.contains("a count of 0"));
                "got == NULL && v.count == 0".to_owned()
            }
            number => format!("got == {number}"),
        }
    }

    /// A call with valid arguments but for those in `instead`.
    fn call(&self, instead: &[(&str, &str)]) -> String {
        let arguments = self.parameters.iter().map(|parameter| {
            let other = instead.iter().find(|(name, _)| *name == parameter.name);
            other.map_or_else(|| self.valid(parameter), |(_, value)| (*value).to_owned())
        });
        format!("{}({})", self.name, arguments.collect::<Vec<_>>().join(", "))
    }

    fn valid(&self, parameter: &Parameter) -> String {
        let name = parameter.name.as_str();
        if let Some(kind) = parameter.handle_kind() {
            return match kind {
                "options" if name.starts_with("call") => "v.call".into(),
                "options" if self.name == "tiro_client_new_with_tokens" => "v.accounts".into(),
                "client" if self.is_verb_of(&OF_ACCOUNTS) => "v.remote".into(),
                "client" if self.is_verb_of(&OF_CHARGING) => "v.charging".into(),
                _ => format!("v.{kind}"),
            };
        }
        if let Some(kind) = parameter.output_kind() {
            return format!("&v.new_{kind}");
        }
        let value = match (parameter.ctype.as_str(), name) {
            ("tiro_error **", _) => "&v.err",
            ("const char *", "key") => "\"language\"",
            ("const char *", "value") => "\"en\"",
            ("const char *", "profile") => "\"default\"",
            ("const char *", "id") => "v.id",
            ("const char *", "name") => "\"a.wav\"",
            ("const char *", "model") => "\"tiny.en\"",
            ("const char *", "path") if self.writes() => "\"valid.txt\"",
            ("const char *", "path" | "from") => "v.path",
            ("const char *", "format") => "\"txt\"",
            ("const char *", "phrase") => "\"no such words\"",
            ("const char *", "method") => "\"GET\"",
            ("const char *", "target") => "\"/api/records\"",
            ("const char *", "content_type") => "\"text/plain\"",
            ("const char *", "ticket" | "initials") => "\"t\"",
            ("const char *", "redirect_url" | "url") => "\"http://127.0.0.1:1/callback\"",
            ("const char *const *", "recording_ids") => "v.ids",
            ("size_t", "count") => "1",
            ("const char *", "code" | "nonce") => "\"CODE\"",
            ("const char *", "dictionary") => "\"types\"",
            ("const char *", "of") => "\"en\"",
            ("const char *", "address") => "\"{}\"",
            ("const char *", "email") => "\"ada@example.com\"",
            ("const char *", "first_name" | "last_name" | "display_name") => "\"Ada\"",
            ("tiro_match *", _) => "v.matches",
            ("struct ArrowSchema *", _) => "&v.schema",
            ("struct ArrowArray *", _) => "&v.array",
            ("tiro_write_fn", _) => "valid_write",
            ("const void *", "data") if self.document().is_some() => self.document().unwrap_or_default(),
            ("size_t", "size") if self.document().is_some() => {
                return format!("sizeof {} - 1", self.document().unwrap_or_default());
            }
            ("size_t", "cap") if self.name == "tiro_transcript_find" => "4",
            ("char *", "buf") => "v.buf",
            ("size_t", "cap") => "sizeof v.buf",
            ("size_t", "size") => "4",
            ("size_t *", "need" | "len" | "count" | "stride") => return format!("&v.{name}"),
            ("int32_t *", "kind" | "phase") => return format!("&v.{name}"),
            ("int32_t *", "fd") => "&v.fd_out",
            ("uint64_t *", "done" | "total") => return format!("&v.{name}"),
            ("tiro_status *", "status") => "&v.status",
            ("void **", "tag") => "&v.tag",
            ("void *", "user_data" | "tag") => "&v",
            ("const void *", "data") => "\"data\"",
            ("tiro_log_fn", _) => "valid_log",
            ("tiro_token_fn", _) => "valid_token",
            ("tiro_destroy_fn", _) => "valid_destroy",
            ("tiro_done_fn", _) => "valid_done",
            ("tiro_wakeup_fn", _) => "valid_wakeup",
            ("tiro_read_fn", _) => "valid_read",
            ("tiro_rewind_fn", _) => "valid_rewind",
            ("tiro_size_fn", _) => "valid_size",
            ("int64_t", "timeout_ms") if self.name == "tiro_shutdown" => "-1",
            ("int64_t", "timeout_ms") => "0",
            ("int32_t", "level") => "1",
            ("int32_t", "fd") => "v.fd",
            ("int32_t" | "tiro_status", "kind" | "field_number" | "status") => "0",
            ("uint64_t", "offset" | "index") => "0",
            ("uint64_t", "limit") => "10",
            (ctype, name) => panic!("{}: no valid argument is known for {ctype} {name}", self.name),
        };
        value.to_owned()
    }

    fn is_verb_of(&self, verbs: &[&str]) -> bool {
        self.name.strip_prefix("tiro_client_").is_some_and(|verb| verbs.contains(&verb))
    }

    /// Whether its path is that of a file to be written.
    fn writes(&self) -> bool {
        matches!(self.name.as_str(), "tiro_transcript_save" | "tiro_client_export_to_path")
    }

    /// A document that the function reads.
    fn document(&self) -> Option<&'static str> {
        Some(match self.name.strip_prefix("tiro_transcript_from_")? {
            "json" => "VALID_JSON",
            "srt" => "VALID_SRT",
            "vtt" => "VALID_VTT",
            _ => "VALID_SEGMENTS",
        })
    }

    fn result(&self) -> &'static str {
        match self.name.as_str() {
            "tiro_op_join_page" => "PAGE",
            "tiro_op_join_transcript" => "TRANSCRIPT",
            "tiro_op_join_document" => "DOCUMENT",
            "tiro_op_join_login" => "LOGIN",
            "tiro_op_join_order" => "ORDER",
            "tiro_op_take_event" => "EVENTS",
            _ => "RECORDING",
        }
    }
}

/// What a function's comment says of NULL for a parameter.
#[derive(PartialEq)]
enum Null {
    Refused,
    Allowed,
    /// Only if this other parameter is 0.
    AllowedIf(String),
}

#[derive(Default)]
struct Program {
    cases: String,
    main: String,
}

impl Program {
    fn finish(self) -> (String, usize) {
        let Self { cases, main } = self;
        let count = main.lines().count();
        (format!("#include \"valid.h\"\n\n{cases}int main(void)\n{{\n{main}    return 0;\n}}\n"), count)
    }

    fn case(&mut self, name: &str, result: &str, destroyed: usize, body: &str) {
        write!(
            self.cases,
            "static void {name}(void)\n{{\n    struct valid v;\n    valid_make(&v, {result});\n{body}    \
             valid_end(&v, {destroyed});\n}}\n\n"
        )
        .unwrap();
        writeln!(self.main, "    RUN({name});").unwrap();
    }

    /// The one argument is refused: the status says so, the outputs are blank, nothing was made but the error.
    fn refused(&mut self, prefix: &str, function: &Function, parameter: &str, value: &str, wanted: &str) {
        let name = &function.name;
        let call = function.call(&[(parameter, value)]);
        let mut body = format!(
            "    int64_t live = tiro_live_handles(TIRO_HANDLE_ANY);\n    valid_failed(&v, \"{name}, {parameter}\", \
             {call}, {wanted});\n"
        );
        for output in &function.parameters {
            let blank = match (output.output_kind(), output.ctype.as_str()) {
                _ if output.name == parameter => continue,
                // Told whatever the buffer.
                _ if parameter == "buf" && output.name == "need" => "v.need > 0".to_owned(),
                (Some(kind), _) => format!("v.new_{kind} == NULL"),
                (None, "void **") => "v.tag == NULL".to_owned(),
                (None, "int32_t *") if output.name == "fd" => "v.fd_out <= 0".to_owned(),
                (None, "size_t *" | "int32_t *" | "uint64_t *") => format!("v.{} == 0", output.name),
                _ => continue,
            };
            writeln!(body, "    CHECK({blank});").unwrap();
        }
        body.push_str("    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == live + 1);\n");
        if function.parameters.iter().any(|parameter| parameter.name == "err") {
            // Nobody wants the error: then none is made.
            let call = function.call(&[(parameter, value), ("err", "NULL")]);
            writeln!(body, "    CHECK_STATUS({call}, {wanted});").unwrap();
            body.push_str("    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == live + 1);\n");
        }
        let destroyed = if function.destroys() { 2 } else { 0 };
        self.case(&format!("{prefix}_{name}_{parameter}"), function.result(), destroyed, &body);
    }

    fn null(&mut self, function: &Function, parameter: &Parameter) {
        let (name, wrong) = (&function.name, parameter.name.as_str());
        let case = format!("null_{name}_{wrong}");
        let call = function.call(&[(wrong, "NULL")]);
        if function.fails() {
            match function.null(parameter) {
                Null::Refused => self.refused("null", function, wrong, "NULL", "TIRO_E_NULL"),
                Null::AllowedIf(other) => {
                    self.refused("null", function, wrong, "NULL", "TIRO_E_NULL");
                    let call = function.call(&[(wrong, "NULL"), (&other, "0")]);
                    let body = format!("    CHECK({call} != TIRO_E_NULL);\n");
                    let destroyed = usize::from(function.destroys());
                    self.case(&format!("{case}_and_{other}_0"), function.result(), destroyed, &body);
                }
                Null::Allowed => {
                    // That it is taken as said, and does not merely fail with something else.
                    let wanted = match name.as_str() {
                        "tiro_model_install" => "got != TIRO_E_NULL && got != TIRO_E_PANIC",
                        // The default is the local service, which a build may be without.
                        "tiro_client_new" if wrong == "options" => "got >= 0 || got == TIRO_E_UNSUPPORTED",
                        // It takes no tokens.
                        "tiro_client_new_with_tokens" if wrong == "options" => "got == TIRO_E_ARGUMENT",
                        // No operation results in a client where nobody serves.
                        "tiro_op_join_client" => "got == TIRO_E_RESULT_TYPE",
                        _ => "got >= 0",
                    };
                    let body = format!("    tiro_status got = {call};\n    CHECK({wanted});\n");
                    let destroyed = usize::from(function.destroys() && wrong != "destroy");
                    if wrong == "user_data" {
                        // destroy gets NULL, too: one that counts needs its counter.
                        let call = function.call(&[("user_data", "NULL"), ("destroy", "NULL")]);
                        let body = format!("    tiro_status got = {call};\n    CHECK({wanted});\n");
                        return self.case(&case, function.result(), 0, &body);
                    }
                    self.case(&case, function.result(), destroyed, &body);
                }
            }
        } else if function.is_free() {
            let body = format!(
                "    int64_t live = tiro_live_handles(TIRO_HANDLE_ANY);\n    {call};\n    \
                 CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == live);\n"
            );
            self.case(&case, function.result(), 0, &body);
        } else {
            assert!(function.null(parameter) == Null::Allowed, "{case}: a getter takes NULL");
            let body = match parameter.handle_kind() {
                Some(_) => getter_is_empty(function, &call),
                None => format!("    (void){call};\n"),
            };
            self.case(&case, function.result(), 0, &body);
        }
    }

    /// Handles that were freed, are of another type, or were never any.
    fn bad_handles(&mut self, function: &Function, parameter: &Parameter, kind: &str) {
        let (name, wrong) = (&function.name, parameter.name.as_str());
        let member = if wrong.starts_with("call") { "call" } else { kind };
        let stale = format!("    {}tiro_{kind} *bad = v.{member};\n    tiro_{kind}_free(bad);\n", "");
        if function.fails() {
            let call = function.call(&[(wrong, "bad")]);
            let expect =
                |wanted| format!("    valid_failed(&v, \"{name}, bad {wrong}\", {call}, {wanted});\n");
            let again = "    tiro_error_free(v.err);\n";
            let destroys = usize::from(function.destroys());
            let body = format!("{stale}{}", expect("TIRO_E_HANDLE"));
            self.case(&format!("stale_{name}_{wrong}"), function.result(), destroys, &body);
            let mut body = format!("    tiro_{kind} *bad;\n");
            for other in kinds().filter(|other| *other != kind) {
                write!(body, "    bad = (void *)v.{other};\n{}{again}", expect("TIRO_E_HANDLE")).unwrap();
            }
            body.push_str("    v.err = NULL;\n");
            self.case(
                &format!("wrong_kind_{name}_{wrong}"),
                function.result(),
                (KINDS.len() - 1) * destroys,
                &body,
            );
            let body = format!(
                "    void *values[16];\n    int count = made_up(&v, values);\n    for (int i = 0; i < count; i++) {{\n    \
                 tiro_{kind} *bad = values[i];\n{}{again}    }}\n    v.err = NULL;\n",
                expect("TIRO_E_HANDLE")
            );
            self.case(&format!("made_up_{name}_{wrong}"), function.result(), 13 * destroys, &body);
            return;
        }
        let call = function.call(&[(wrong, "bad")]);
        let empty = match function.is_free() {
            true => format!("    {call};\n    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == live);\n"),
            false => format!("    {{\n{}    }}\n", getter_is_empty(function, &call)),
        };
        let live = "    int64_t live = tiro_live_handles(TIRO_HANDLE_ANY);\n    (void)live;\n";
        let body = format!("{stale}{live}{empty}");
        self.case(&format!("stale_{name}"), function.result(), 0, &body);
        let mut body = format!("    tiro_{kind} *bad;\n{live}");
        for other in kinds().filter(|other| *other != kind) {
            write!(body, "    bad = (void *)v.{other};\n{empty}").unwrap();
        }
        self.case(&format!("wrong_kind_{name}"), function.result(), 0, &body);
        let body = format!(
            "    void *values[16];\n    int count = made_up(&v, values);\n{live}    for (int i = 0; i < count; i++) {{\n    \
             tiro_{kind} *bad = values[i];\n{empty}    }}\n"
        );
        self.case(&format!("made_up_{name}"), function.result(), 0, &body);
    }

    /// What the parent made, in a child; in one child for each argument, with an alarm for what would hang.
    fn forked(&mut self, function: &Function, parameter: &Parameter) {
        let (name, wrong) = (&function.name, parameter.name.as_str());
        let child = match function.is_free() {
            true => format!("        {};\n", function.call(&[])),
            false => format!(
                "        valid_failed(&v, \"{name} in a child\", {}, TIRO_E_FORKED);\n",
                function.call(&[])
            ),
        };
        // Registered in the child, so ended in the child.
        let destroyed = usize::from(function.destroys());
        let body = format!(
            "    pid_t child = fork();\n    if (child == 0) {{\n        alarm(child_seconds());\n{child}        \
             CHECK(atomic_load(&v.destroyed) == {destroyed});\n        _exit(0);\n    }}\n    int status = 1;\n    \
             CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);\n"
        );
        self.case(&format!("forked_{name}_{wrong}"), function.result(), 0, &body);
    }
}

fn getter_is_empty(function: &Function, call: &str) -> String {
    let returns = &function.returns;
    let space = if returns.ends_with('*') { "" } else { " " };
    format!("    {returns}{space}got = {call};\n    CHECK({});\n", function.documented_empty())
}

/// A program of all arguments that are wrong by themselves, and how many cases it has.
pub fn wrong_arguments() -> (String, usize) {
    let mut program = Program::default();
    for function in functions() {
        for parameter in function.parameters.iter().filter(|parameter| parameter.is_pointer()) {
            program.null(&function, parameter);
            if let Some(kind) = parameter.handle_kind() {
                program.bad_handles(&function, parameter, kind);
            }
            if parameter.is_text() && !parameter.is_path() {
                program.refused("utf8", &function, &parameter.name, "\"\\xff\\xfe\"", "TIRO_E_UTF8");
            }
        }
    }
    program.finish()
}

/// A program of all handles that are the parent's, in its children, and how many cases it has.
pub fn forked() -> (String, usize) {
    let mut program = Program::default();
    for function in functions() {
        for parameter in &function.parameters {
            if parameter.handle_kind().is_some_and(|kind| OF_THIS_PROCESS.contains(&kind)) {
                program.forked(&function, parameter);
            }
        }
    }
    program.finish()
}
