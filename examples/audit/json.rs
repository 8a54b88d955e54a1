//! The report for machines.

use std::fmt::Write;

use crate::publish::{string, strings};
use crate::report::{BACKEND, Counts, Function, Report, Row, release};

pub fn report(report: &Report, profile: Option<&str>) -> String {
    let mut out = format!(
        "{{\n\"kernel\": {}, \"architecture\": {}, \"backend\": {},\n\"functions\": [\n",
        string(&release()),
        string(std::env::consts::ARCH),
        string(BACKEND)
    );
    out += &report.functions.iter().map(function).collect::<Vec<_>>().join(",\n");
    let findings: Vec<&str> = report.faults.iter().chain(&report.strays).map(String::as_str).collect();
    let Counts { functions, rows, traced, of_another_kernel, untraced, differences } = report.counts();
    let _ = write!(
        out,
        "\n],\n\"summary\": {{\"functions\": {functions}, \"rows\": {rows}, \"traced\": {traced}, \
         \"of_another_kernel\": {of_another_kernel}, \"without_a_scenario\": {untraced}, \
         \"differences\": {differences}, \"refused\": {}, \"findings\": {}}}",
        report.refused.as_deref().map_or("null".into(), string),
        strings(&findings)
    );
    if let Some(profile) = profile {
        let _ = write!(out, ",\n\"profile\": {profile}");
    }
    out + "\n}"
}

fn function(f: &Function) -> String {
    let like = f.like.as_ref().map(|like| format!("\"like\": {}, ", string(like))).unwrap_or_default();
    let rows: Vec<String> = f.rows.iter().map(row).collect();
    format!(
        " {{\"function\": {}, \"source\": {}, {like}\"rows\": [{}]}}",
        string(&f.key),
        string(&f.source),
        rows.join(",")
    )
}

fn row(row: &Row) -> String {
    let list = |all: &[String]| strings(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let mut out = format!("\n  {{\"case\": {}, ", string(&row.case));
    if !row.over.is_empty() {
        let _ = write!(out, "\"over\": {}, ", list(&row.over));
    }
    if let Some(kernel) = &row.kernel {
        let _ = write!(out, "\"kernel\": {}, ", string(kernel));
    }
    let calls = row.calls.as_deref().map_or("null".into(), list);
    let _ = write!(
        out,
        "\"traced\": {calls}, \"table\": {}, \"verdict\": {}",
        row.table_json,
        string(row.said.word())
    );
    if let Some(why) = row.said.why() {
        let _ = write!(out, ", \"why\": {}", string(why));
    }
    out + "}"
}
