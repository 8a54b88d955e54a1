//! What `audit` prints.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::sync::OnceLock;

use serde_json::Value;

use crate::published::Published;
use crate::skip::skip;
use crate::{example, none, ran};

/// `audit --json`, run once; `None` where nothing can be traced.
fn report() -> Option<&'static Value> {
    static REPORT: OnceLock<Option<Value>> = OnceLock::new();
    let report = REPORT.get_or_init(|| {
        let (status, out, said) = ran(example("audit").args(["--json", "pipe-reader"]));
        let report: Value = serde_json::from_str(&out).expect("valid JSON");
        if status == 2 {
            skip(&format!("the audit: {}", report["summary"]["refused"]));
            return None;
        }
        let differing = rows(&report).filter(|(_, r)| r["verdict"] != "=");
        let differing: Vec<String> = differing.map(|(f, r)| format!("{f}: {r}")).collect();
        assert_eq!(status, 0, "{said}\n{}\n{}", report["summary"], differing.join("\n"));
        Some(report)
    });
    report.as_ref()
}

fn rows(report: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let functions = report["functions"].as_array().unwrap().iter();
    functions.flat_map(|f| f["rows"].as_array().unwrap().iter().map(|r| (f["function"].as_str().unwrap(), r)))
}

#[test]
fn every_function_and_every_row_is_there_and_holds() {
    let Some(report) = report() else { return };
    let published = Published::read();
    let mut found = Vec::new();
    let mut all_rows = 0;
    for function in published.functions() {
        let key = function["function"].as_str().unwrap();
        for row in function["rows"].as_array().unwrap() {
            all_rows += 1;
            let mut same = rows(report).filter(|(f, r)| *f == key && r["case"] == row["case"]).peekable();
            if same.peek().is_none() {
                found.push(format!("{key}, {}: not in the report", row["case"]));
            }
            for (_, traced) in same {
                let other_kernel = traced["verdict"] == "not here" && traced["why"].is_string();
                if traced["table"] != row["calls"] || traced["verdict"] != "=" && !other_kernel {
                    found.push(format!("{key}: {traced}"));
                }
            }
        }
    }
    none(&found);
    let names = |of: &mut dyn Iterator<Item = &Value>| -> BTreeSet<String> {
        of.map(|f| f["function"].as_str().unwrap().to_owned()).collect()
    };
    let reported = names(&mut report["functions"].as_array().unwrap().iter());
    assert_eq!(reported, names(&mut published.functions()));
    let summary = &report["summary"];
    assert_eq!((&summary["rows"], &summary["differences"]), (&all_rows.into(), &0.into()));
    assert_eq!(summary["functions"], reported.len());
}

/// The calls that were seen are those of the row, by a reader of the published tables that is not the crate's.
#[test]
fn what_was_traced_is_what_is_published() {
    let Some(report) = report() else { return };
    let published = Published::read();
    let refused = |r: &Value| r["case"] == "refused" || r["traced"].is_null();
    let wrong = rows(report)
        .filter(|(f, r)| !refused(r) && !published.allow(&[*f], &crate::published::strings(&r["traced"])));
    none(&wrong.map(|(f, r)| format!("{f}: {r}")).collect::<Vec<_>>());
}

#[test]
fn a_profile_comes_with_the_report() {
    let Some(report) = report() else { return };
    assert_eq!(report["profile"]["syscalls"][0]["action"], "SCMP_ACT_ALLOW");
}

#[test]
fn without_ptrace_the_tables_stand_alone() {
    let mut audit = example("audit");
    // SAFETY: makes two calls, and touches nothing of the parent's.
    unsafe { audit.pre_exec(refuse_ptrace) };
    let (status, out, said) = ran(&mut audit);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("ptrace refused"), "{said}");
    let lines: BTreeSet<&str> = out.lines().map(|l| l.split("  as ").next().unwrap_or(l)).collect();
    for function in Published::read().functions() {
        let key = function["function"].as_str().unwrap();
        assert!(lines.contains(format!("  {key}").as_str()), "{key} is not there");
    }
    assert!(!out.contains("  =\n") && !out.contains('\x1b'));
    let last = out.lines().last().unwrap();
    assert!(last.contains(" 0 traced, 0 differences") && last.contains(std::env::consts::ARCH), "{last}");
}

/// A filter that answers `ptrace` with EPERM.
fn refuse_ptrace() -> std::io::Result<()> {
    let one = |code: u32, k: u32, jf: u8| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let code = [
        one(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        one(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, libc::SYS_ptrace as u32, 1),
        one(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32, 0),
        one(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW, 0),
    ];
    let program = libc::sock_fprog { len: code.len() as u16, filter: code.as_ptr().cast_mut() };
    // SAFETY: sets a flag of the process.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: the kernel copies the program, which lives until then.
    match unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[test]
fn options_that_there_are_not_are_refused() {
    let (status, out, said) = ran(example("audit").arg("--jsno"));
    assert!(status == 1 && out.is_empty() && said.contains("no such option: --jsno"), "{said}");
}
