//! The misuse matrix: each function, each of its parameters, each bad value that its type has, the others valid. The
//! answer must be an answer: no crash, no hang, and where we promise to refuse, that errno before any syscall.
//!
//! The cases are generated from the header's prototypes, each is run in a process of its own
//! (`misuse/harness.h`), and all of them once more under valgrind. What is valid stands in `misuse/valid.h`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Check;
use crate::library::{capi_sources, has, prefix, root, run, scratch};
use crate::prototypes::{Declared, Function, Parameter, Struct};
use crate::skip::skip;

pub const CHECKS: [Check; 3] = [
    ("misuse::it_is_answered", it_is_answered),
    ("misuse::it_is_answered_under_valgrind", it_is_answered_under_valgrind),
    ("misuse::what_does_not_answer_is_flagged", what_does_not_answer_is_flagged),
];

/// Numbers of which few are valid, as of flags and modes. All other `int` parameters are descriptors.
const CHOICES: [&str; 8] = ["stdio", "owner", "kind", "over", "link", "action", "command", "code"];

/// Texts that end with a NUL, though a length that is not theirs comes behind.
const TEXTS: [&str; 3] = ["path", "name", "call"];

fn it_is_answered() {
    let matrix = Matrix::of(&root().join("src/capi/rawipc.h"));
    println!("{}", matrix.size());
    let report =
        run(Command::new(our_program(&matrix)).arg(scratch("misuse/alone")).env("RAWIPC_NATIVE", "1"));
    let report = report.unwrap_or_else(|e| panic!("{e}"));
    print!("{report}");
}

fn it_is_answered_under_valgrind() {
    if !has("valgrind") {
        skip("misuse under valgrind: it is not here");
        return;
    }
    let program = our_program(&Matrix::of(&root().join("src/capi/rawipc.h")));
    let report = run(&mut valgrind(&program)).unwrap_or_else(|e| panic!("{e}"));
    print!("under valgrind: {report}");
}

/// A C library that does each thing it should not, in a header of its own.
fn what_does_not_answer_is_flagged() {
    let here = root().join("tests/capi/misuse");
    let matrix = Matrix::of(&here.join("bad.h"));
    let program = matrix.compile("bad", &here, &[here.join("bad.c")]);
    let report = |command: &mut Command| command.output().unwrap();
    let native = report(Command::new(&program).arg(scratch("misuse/flagged")).env("RAWIPC_NATIVE", "1"));
    let native = String::from_utf8(native.stdout).unwrap();
    let expected = fs::read_to_string(here.join("bad.h")).unwrap();
    let expected =
        expected.lines().filter_map(|line| line.split_once("/* flagged: ").map(|(_, words)| words));
    for words in expected.map(|words| words.trim_end_matches(" */")) {
        assert!(native.contains(words), "nobody says `{words}`:\n{native}");
    }
    if has("valgrind") {
        let out = report(valgrind(&program).env("RAWIPC_ONLY", "bad_reads_beyond"));
        assert!(!out.status.success(), "valgrind says nothing: {}", String::from_utf8_lossy(&out.stderr));
    }
}

fn valgrind(program: &Path) -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["-q", "--error-exitcode=99", "--leak-check=no"])
        .arg(program)
        .arg(scratch("misuse/in-turn"));
    valgrind
}

fn our_program(matrix: &Matrix) -> PathBuf {
    matrix.compile("ours", &prefix().join("include"), &[prefix().join("lib/librawipc.a")])
}

struct Matrix {
    header: PathBuf,
    declared: Declared,
    /// The text of valid.h, for the names in it.
    valid: String,
    /// The types that src/capi names in `holds!`.
    marked: Option<BTreeSet<String>>,
}

/// One bad value.
struct Value {
    shown: String,
    /// The C statements that put it in place of the valid one, which was made before.
    code: String,
    expect: &'static str,
    errno: &'static str,
}

impl Value {
    fn new(shown: &str, code: String, expect: &'static str, errno: &'static str) -> Self {
        Value { shown: shown.into(), code, expect, errno }
    }

    fn refused(shown: &str, code: String, errno: &'static str) -> Self {
        Self::new(shown, code, "REFUSED", errno)
    }

    fn any(shown: &str, code: String) -> Self {
        Self::new(shown, code, "ANY", "0")
    }
}

/// What a parameter is.
enum Role<'m> {
    Error,
    Options(&'m Struct),
    Handle(&'m Struct),
    Output,
    /// Memory, whose length is the next parameter.
    Buffer,
    /// The length of the one before.
    Length,
    Text,
    /// A plain value behind a pointer.
    Pointed,
    Descriptor,
    /// A number of few values.
    Choice,
    Number,
}

impl Matrix {
    fn of(header: &Path) -> Self {
        let is_ours = header.ends_with("rawipc.h");
        let valid = if is_ours { "valid.h" } else { "bad_valid.h" };
        Matrix {
            marked: is_ours.then(marked),
            header: header.into(),
            declared: Declared::of(&fs::read_to_string(header).unwrap()),
            valid: fs::read_to_string(root().join("tests/capi/misuse").join(valid)).unwrap(),
        }
    }

    fn size(&self) -> String {
        let mut cases: BTreeSet<(&str, &str, String)> = BTreeSet::new();
        for f in &self.declared.functions {
            for (i, p) in f.parameters.iter().enumerate() {
                cases.extend(self.values(f, i).into_iter().map(|v| (&*f.name, &*p.name, v.shown)));
            }
        }
        let functions = self.declared.functions.len();
        format!("{functions} functions, {} distinct cases of (function, parameter, value)", cases.len())
    }

    fn compile(&self, name: &str, include: &Path, with: &[PathBuf]) -> PathBuf {
        let dir = scratch("misuse");
        let (source, program) = (dir.join(format!("{name}.c")), dir.join(name));
        fs::write(&source, self.program()).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"]);
        cc.arg("-Wno-nonnull").arg("-I").arg(include).arg("-I").arg(root().join("tests/capi/misuse"));
        run(cc.arg(&source).args(with).arg("-o").arg(&program)).unwrap_or_else(|e| panic!("{e}"));
        program
    }

    fn program(&self) -> String {
        let header = self.header.file_name().unwrap().to_str().unwrap();
        let mut text = format!("#include \"harness.h\"\n#include \"{header}\"\n");
        text += if header == "rawipc.h" { "#include \"valid.h\"\n" } else { "#include \"bad_valid.h\"\n" };
        let mut cases = String::new();
        for f in &self.declared.functions {
            text += &self.function(f, &mut cases);
        }
        text += &format!("\nstatic const struct one_case cases[] = {{\n{cases}}};\n");
        text + "\nint main(int argc, char **argv)\n{\n    (void)argc;\n    \
                return run(cases, sizeof cases / sizeof *cases, argv[1]);\n}\n"
    }

    /// The C function that calls `f` with one value of one parameter, and its lines in the table of cases.
    fn function(&self, f: &Function, cases: &mut String) -> String {
        let mut text = format!("\nstatic void run_{}(int h_which)\n{{\n", f.name);
        let mut switch = String::new();
        let mut case = |parameter: &str, shown: &str, number: usize, expect: &str, errno: &str| {
            let (name, shown) = (&f.name, shown.replace('"', "\\\""));
            *cases += &format!(
                "    {{ \"{name}\", \"{parameter}\", \"{shown}\", run_{name}, {number}, {expect}, {errno} }},\n"
            );
        };
        let mut number = 0;
        case("nothing", "bad", number, "WENT_WELL", "0");
        for (i, p) in f.parameters.iter().enumerate() {
            text += &self.valid_argument(f, i);
            for value in self.values(f, i) {
                number += 1;
                case(&p.name, &value.shown, number, value.expect, value.errno);
                switch += &format!("    case {number}: {} break;\n", value.code);
            }
        }
        let arguments: Vec<&str> = f.parameters.iter().map(|p| &*p.name).collect();
        let call = format!("{}({})", f.name, arguments.join(", "));
        let error =
            f.parameters.iter().position(|p| matches!(p.pointee(), Some("rawipc_error")) && !p.is_const());
        let error = match error {
            Some(_) => "error ? &error->code : NULL",
            None => "NULL",
        };
        text += &format!("    switch (h_which) {{\n{switch}    }}\n    h_begin();\n");
        text += &match f.returns.as_str() {
            "int" | "ssize_t" => {
                format!("    long long h_result = {call};\n    h_end(1, h_result, {error});\n")
            }
            "void" => format!("    {call};\n    h_end(0, 0, {error});\n"),
            "const char *" => format!("    h_end_text({call});\n"),
            _ => format!("    (void){call};\n    h_end(0, 0, {error});\n"),
        };
        text + "}\n"
    }

    fn role(&self, f: &Function, i: usize) -> Role<'_> {
        let p = &f.parameters[i];
        let next_is_length =
            f.parameters.get(i + 1).is_some_and(|next| next.ty == "size_t" && is_length(&next.name));
        let is_bytes = |pointee: &str| matches!(pointee, "void" | "char");
        match p.pointee() {
            Some("rawipc_error") if !p.is_const() => Role::Error,
            Some("char") if p.is_const() && TEXTS.contains(&&*p.name) => Role::Text,
            Some(pointee) if p.is_output() && !is_bytes(pointee) => Role::Output,
            Some(_) if next_is_length => Role::Buffer,
            Some(pointee) => match self.declared.structure(pointee) {
                Some(s) if self.is_marked(s) => Role::Handle(s),
                Some(s) if s.is_options() => Role::Options(s),
                _ => Role::Pointed,
            },
            None if p.ty == "size_t" && i > 0 && matches!(self.role(f, i - 1), Role::Buffer) => Role::Length,
            None if CHOICES.contains(&&*p.name) => Role::Choice,
            None if p.name.contains("flags") || p.name.contains("mode") => Role::Choice,
            None if p.ty == "int" && p.name == "value" => Role::Choice, // a bool
            None if p.ty == "int" => Role::Descriptor,
            None => Role::Number,
        }
    }

    /// C code that declares the parameter, with a valid value.
    fn valid_argument(&self, f: &Function, i: usize) -> String {
        let Parameter { ty, name, .. } = &f.parameters[i];
        let p = &f.parameters[i];
        let pointee = p.pointee().unwrap_or("");
        match self.role(f, i) {
            Role::Error => "    rawipc_error error_space, *error = &error_space;\n    (void)error;\n".into(),
            Role::Options(_) | Role::Handle(_) | Role::Pointed => format!(
                "    static _Alignas(16) unsigned char {name}_space[2 * BUFFER];\n    \
                 {pointee} *{name} = ({pointee} *){name}_space;\n{}",
                self.filled(f, p, pointee)
            ),
            Role::Output => {
                let inner = ty.strip_suffix('*').unwrap_or(ty).trim();
                format!(
                    "    static {inner} {name}_space;\n    \
                     {ty}{name} = output_of(&{name}_space, sizeof {name}_space);\n"
                )
            }
            Role::Buffer if matches!(pointee, "void" | "char" | "uint8_t") => format!(
                "    static _Alignas(16) unsigned char {name}_space[BUFFER] = \"hello\";\n    \
                 {ty}{name} = ({ty}){name}_space;\n"
            ),
            Role::Buffer => format!(
                "    static {pointee} {name}_space[64];\n    {pointee} *{name} = {name}_space;\n{}",
                self.filled(f, p, pointee)
            ),
            Role::Text => format!("    const char *{name} = {}();\n", self.maker(f, &p.name)),
            _ => format!("    {ty} {name} = {}();\n", self.maker(f, name)),
        }
    }

    /// Puts a valid value behind a pointer; all zeroes, where nobody says what it is.
    fn filled(&self, f: &Function, p: &Parameter, pointee: &str) -> String {
        let own = format!("valid__{}__{}", f.name, p.name);
        let of_type = format!("valid__{pointee}");
        match [own, of_type].into_iter().find(|m| self.is_made(m)) {
            Some(maker) => format!("    {maker}({});\n", p.name),
            None if self.declared.structure(pointee).is_some() => {
                panic!("tests/capi/misuse/valid.h has no valid__{pointee}, for {}", f.name)
            }
            None => String::new(),
        }
    }

    /// A handle, whose first word says what is in it: src/capi says so, and the twins of bad.h all are.
    fn is_marked(&self, s: &Struct) -> bool {
        s.is_handle() && self.marked.as_ref().is_none_or(|marked| marked.contains(&s.name))
    }

    fn maker(&self, f: &Function, parameter: &str) -> String {
        let makers = [format!("valid__{}__{parameter}", f.name), format!("valid__{parameter}")];
        let found = makers.iter().find(|m| self.is_made(m));
        found.unwrap_or_else(|| panic!("tests/capi/misuse/valid.h has none of {makers:?}")).clone()
    }

    fn is_made(&self, maker: &str) -> bool {
        self.valid.contains(&format!("{maker}("))
    }

    /// The bad values of a parameter.
    fn values(&self, f: &Function, i: usize) -> Vec<Value> {
        let p = &f.parameters[i];
        let n = &p.name;
        let set = |value: &str| format!("{n} = {value};");
        match self.role(f, i) {
            Role::Error => vec![Value::new("NULL", set("NULL"), "AS_VALID", "0")],
            _ if p.pointee().is_some() && p.is_optional() => vec![Value::any("NULL", set("NULL"))],
            Role::Options(s) => options(p, s),
            Role::Handle(s) => self.handles(p, s),
            Role::Output => vec![Value::refused("NULL", set("NULL"), "EFAULT")],
            Role::Text => vec![
                Value::refused("NULL", set("NULL"), "EFAULT"),
                Value::any("\"\"", set("\"\"")),
                Value::new("5000 bytes", format!("{n} = long_text();"), "NEGATIVE", "0"),
            ],
            Role::Pointed if f.returns != "int" && f.returns != "ssize_t" => vec![
                Value::any("NULL", set("NULL")),
                Value::any("all ones", format!("memset({n}, 0xff, sizeof *{n});")),
            ],
            Role::Pointed => vec![
                Value::refused("NULL", set("NULL"), "EFAULT"),
                Value::any("all ones", format!("memset({n}, 0xff, sizeof *{n});")),
                Value::any("all zeroes", format!("memset({n}, 0, sizeof *{n});")),
            ],
            Role::Buffer => vec![
                Value::refused("NULL", set("NULL"), "EFAULT"),
                Value::any("NULL, of length 0", format!("{n} = NULL; {} = 0;", f.parameters[i + 1].name)),
            ],
            Role::Length => vec![
                Value::any("0", set("0")),
                Value::refused("SSIZE_MAX", set("SSIZE_MAX"), "EINVAL"),
                Value::refused("SSIZE_MAX + 1", set("(size_t)SSIZE_MAX + 1"), "EINVAL"),
                Value::refused("SIZE_MAX", set("SIZE_MAX"), "EINVAL"),
            ],
            Role::Descriptor => vec![
                Value::refused("-1", set("-1"), "EBADF"),
                Value::refused("INT_MIN", set("INT_MIN"), "EBADF"),
                Value::any("not open", set("999")),
                Value::any("INT_MAX", set("INT_MAX")),
                Value::any("a directory", set("open(\"/\", O_RDONLY)")),
                Value::any("/dev/null", set("open(\"/dev/null\", O_RDWR)")),
                Value::any("a regular file", set("open(\"/proc/self/exe\", O_RDONLY)")),
                Value::any("a socket", set("foreign_socket()")),
                Value::any("a pipe's read end", set("foreign_pipe(0)")),
                Value::any("a pipe's write end", set("foreign_pipe(1)")),
                Value::any("closed before", format!("close({n});")),
            ],
            Role::Choice if p.ty.starts_with("int") => vec![
                Value::refused("-3", set("-3"), "EINVAL"),
                Value::refused("the least", set(least(&p.ty)), "EINVAL"),
                Value::refused("the most", set(most(&p.ty)), "EINVAL"),
            ],
            Role::Choice => vec![
                Value::refused("the last bit", set("0x80000000u"), "EINVAL"),
                Value::refused("all bits", set("UINT32_MAX"), "EINVAL"),
            ],
            Role::Number => vec![
                Value::any("0", set("0")),
                Value::any("the least", set(least(&p.ty))),
                Value::any("the most", set(most(&p.ty))),
            ],
        }
    }

    fn handles(&self, p: &Parameter, s: &Struct) -> Vec<Value> {
        let n = &p.name;
        let mut values = vec![
            Value::refused("NULL", format!("{n} = NULL;"), "EFAULT"),
            Value::refused("all zeroes", format!("memset({n}_space, 0, sizeof *{n});"), "EINVAL"),
            Value::refused("all ones", format!("memset({n}_space, 0xff, sizeof *{n});"), "EINVAL"),
            Value::refused(
                "copied",
                format!("memcpy({n}_space + BUFFER, {n}, sizeof *{n}); {n} = (void *)({n}_space + BUFFER);"),
                "EINVAL",
            ),
            Value::refused("off by four", format!("{n} = (void *)({n}_space + 4);"), "EINVAL"),
            Value::any("from before a fork", "go_on_in_a_child();".into()),
        ];
        let close = format!("{}_close", s.name);
        if let Some(close) = self.declared.functions.iter().find(|f| f.name == close) {
            let rest = ", NULL".repeat(close.parameters.len() - 1);
            values.push(Value::refused("closed", format!("(void){}({n}{rest});", close.name), "EINVAL"));
        }
        let others = self.declared.structs.iter().filter(|o| self.is_marked(o) && o.name != s.name);
        for other in others.filter(|o| self.is_made(&format!("valid__{}", o.name))) {
            let make = format!("valid__{}(({} *){n}_space);", other.name, other.name);
            values.push(Value::refused(&format!("a {}", other.name), make, "EINVAL"));
        }
        values
    }
}

fn options(p: &Parameter, s: &Struct) -> Vec<Value> {
    let n = &p.name;
    let size = |size: &str| format!("{n}->size = {size};");
    let mut values = vec![
        match p.is_const() {
            true => Value::new("NULL", format!("{n} = NULL;"), "AS_VALID", "0"),
            false => Value::refused("NULL", format!("{n} = NULL;"), "EFAULT"),
        },
        Value::refused("size 0", size("0"), "EINVAL"),
        Value::refused("size 4", size("4"), "EINVAL"),
        Value::any(
            "a member short",
            format!("{n}->size = offsetof({}, {});", s.name, s.members.last().unwrap().1),
        ),
        Value::new("8 bytes longer", size(&format!("sizeof *{n} + 8")), "AS_VALID", "0"),
        Value::refused(
            "8 bytes longer, not 0",
            format!("{n}->size = sizeof *{n} + 8; {n}_space[sizeof *{n} + 7] = 1;"),
            "E2BIG",
        ),
        Value::refused("size 4097", size("4097"), "E2BIG"),
        Value::refused("size UINT32_MAX", size("UINT32_MAX"), "E2BIG"),
    ];
    if s.has("flags") {
        values.push(Value::refused("the last flag", format!("{n}->flags |= 0x80000000u;"), "EINVAL"));
        values.push(Value::refused("all flags", format!("{n}->flags = UINT32_MAX;"), "EINVAL"));
    }
    if s.has("nanoseconds") {
        values.push(Value::refused("nanoseconds -1", format!("{n}->nanoseconds = -1;"), "EINVAL"));
    }
    values
}

fn marked() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in capi_sources() {
        let named = text.split("holds!(").skip(1).filter_map(|rest| rest.split_once(','));
        found.extend(named.map(|(name, _)| name.to_string()));
    }
    found
}

fn is_length(name: &str) -> bool {
    name == "len" || name == "count" || name.ends_with("_len")
}

fn least(ty: &str) -> &'static str {
    match ty {
        "int" | "int32_t" => "INT_MIN",
        "int64_t" => "INT64_MIN",
        _ => "1",
    }
}

fn most(ty: &str) -> &'static str {
    match ty {
        "int" | "int32_t" => "INT_MAX",
        "uint8_t" => "UINT8_MAX",
        "uint16_t" => "UINT16_MAX",
        "uint32_t" => "UINT32_MAX",
        "int64_t" => "INT64_MAX",
        "uint64_t" => "UINT64_MAX",
        "size_t" => "SIZE_MAX",
        _ => "-1",
    }
}
