//! The columns.

use crate::rows::Row;

const HEADS: [&str; 9] = ["COMMAND", "PID", "USER", "FD", "MODE", "TYPE", "DEVICE", "SIZE/OFF", "NODE"];
/// Numbers stand to the right.
const RIGHT: [bool; 9] = [false, true, false, true, false, true, true, true, true];

/// Lines of aligned columns; the last, NAME, is as long as it is.
pub fn print(
    command: &str,
    pid: i32,
    user: &str,
    rows: &[Row],
    names: impl Iterator<Item = (String, String)>,
) -> String {
    let mut lines = vec![(HEADS.map(String::from), "NAME".to_string())];
    for (row, (kind, name)) in rows.iter().zip(names) {
        let cells = [
            command.into(),
            pid.to_string(),
            user.into(),
            // The letter gets a column of its own, whether or not there is one.
            if row.fd.ends_with(|c: char| c.is_ascii_digit()) {
                format!("{} ", row.fd)
            } else {
                row.fd.clone()
            },
            row.mode.clone(),
            kind,
            row.device.clone(),
            row.size.clone(),
            row.node.to_string(),
        ];
        lines.push((cells, name));
    }
    let width = |column: usize| lines.iter().map(|(cells, _)| cells[column].chars().count()).max();
    let widths: [usize; 9] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for (cells, name) in &lines {
        for ((cell, width), right) in cells.iter().zip(widths).zip(RIGHT) {
            let cell = if right { format!("{cell:>width$} ") } else { format!("{cell:<width$} ") };
            text.push_str(&cell);
        }
        text.push_str(name);
        text.push('\n');
    }
    text
}
