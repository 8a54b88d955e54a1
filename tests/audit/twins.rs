//! Known-bad twins: the audit of a table that is wrong says so, by its exit status too.

use serde_json::Value;

use crate::check;
use crate::program::report::{Function, Said};
use crate::program::{json, report::Report, rows, text};
use crate::scenario::Scenarios;
use crate::source;
use crate::tables::Tables;
use crate::trace::{Syscall, number};

/// A call and its arguments.
type Seen = (&'static str, [u64; 6]);

/// The audit of `one`, whose table has this row, and of which these calls were seen.
fn audit(row: &str, seen: &[Seen]) -> Report {
    let docs = format!("/// # Syscalls\n/// | case | calls |\n/// |---|---|\n/// {row}\npub fn one() {{}}\n");
    let tables = Tables::new(&[source::source("twin.rs", &docs)]);
    let mut all = Scenarios::default();
    all.case("twin::one", "ok", |_| Ok(()));
    let call = |(name, args): &Seen| Syscall { number: number(name).unwrap(), args: *args, result: 0 };
    let calls: Vec<Syscall> = seen.iter().map(call).collect();
    let scenario = &all.0[0];
    let row = rows::of(&tables, scenario, check::compared(&tables, scenario, &calls));
    let mut report = Report::new(tables.faults.clone());
    report.functions.push(Function {
        key: scenario.function.clone(),
        source: "src/twin.rs".into(),
        like: None,
        rows: vec![row],
    });
    report
}

/// What all three outputs say of it.
fn said(report: &Report) -> (u8, String, Value) {
    let table = text::module("twin", &report.functions);
    let summary = text::summary(report);
    (report.status(), format!("{table}{summary}"), serde_json::from_str(&json::report(report, None)).unwrap())
}

const PLAIN: [u64; 6] = [0; 6];
const CLOEXEC: [u64; 6] = [0, (libc::O_CLOEXEC | libc::O_NONBLOCK) as u64, 0, 0, 0, 0];

#[test]
fn a_right_table_is_said_to_be_right() {
    let (status, text, json) = said(&audit(
        "| ok | `pipe2` (`read` `ppoll`)×n |",
        &[("pipe2", CLOEXEC), ("read", PLAIN), ("ppoll", PLAIN), ("read", PLAIN), ("ppoll", PLAIN)],
    ));
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("pipe2 read ppoll read ppoll  pipe2 (read ppoll)×n  =\n"), "{text}");
    assert_eq!(json["functions"][0]["rows"][0]["verdict"], "=");
    assert_eq!(json["summary"]["differences"], 0);
}

#[test]
fn a_wrong_row_is_a_difference() {
    let twins: [(&str, &[Seen], &str); 5] = [
        ("| ok | `read` `close` |", &[("close", PLAIN), ("read", PLAIN)], "is not what the row says"),
        ("| ok | `read` |", &[("read", PLAIN), ("read", PLAIN)], "is not what the row says"),
        ("| ok | `read` |", &[], "is not what the row says"),
        ("| ok | `pipe2` |", &[("pipe2", PLAIN)], "O_CLOEXEC"),
        ("| another | `read` |", &[("read", PLAIN)], "without a row"),
    ];
    for (row, seen, why) in twins {
        let report = audit(row, seen);
        let (status, text, json) = said(&report);
        assert_eq!(status, 1, "{text}");
        assert!(text.contains("DIFFERS\n") && text.contains(why), "{text}");
        let row = &json["functions"][0]["rows"][0];
        assert!(row["verdict"] == "DIFFERS" && row["why"].as_str().unwrap().contains(why), "{row}");
        assert!(text.contains("1 difference;") && json["summary"]["differences"] == 1, "{text}");
    }
}

#[test]
fn a_row_that_nothing_leads_to_is_a_difference_and_another_kernels_is_none() {
    let mut report = audit("| ok | `read` |", &[("read", PLAIN)]);
    let row = |report: &mut Report, said| {
        report.functions[0].rows[0].own = true;
        report.functions[0].rows[0].calls = None;
        report.functions[0].rows[0].said = said;
    };
    row(&mut report, Said::Untraced);
    assert_eq!(report.status(), 1);
    row(&mut report, Said::Skipped("needs Linux 9".into()));
    let (status, text, _) = said(&report);
    assert!(status == 0 && text.contains("needs Linux 9") && text.contains("1 of another kernel"), "{text}");
    report.refused = Some("ptrace refused".into());
    assert_eq!(report.status(), 2);
    report.strays.push("a scenario without a table".into());
    assert_eq!(report.status(), 1);
}
