//! A process's descriptors, as `ls -l /proc/PID/fd` and `lsof -p PID` show them, and who holds the other ends.
//!
//! `cargo run --release --example fds -- PID`; without a PID, its own.
//!
//! | column | what |
//! |--------|------|
//! | COMMAND, PID, USER | the process, and whose it is |
//! | FD | the number and `r`, `w` or `u` (both), none for `O_PATH`; `cwd`, `rtd` (root), `txt` (program), `mem` (mapped file), `DEL` (mapped, and its name is gone) |
//! | MODE | the mode that `ls -l` prints for the link; for `mem`, what the mappings allow |
//! | TYPE, DEVICE, SIZE/OFF, NODE | of the inode; a size, or an offset behind `0t` |
//! | NAME | what the link says, what the kernel knows of a socket, and behind `->` who holds the other end: PID, command, descriptor |

mod diag;
mod ends;
mod escape;
mod maps;
mod rows;
mod table;

use rawipc::proc::Process;
use rawipc::{Errno, Error};
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let printed = listing().and_then(|text| match io::stdout().write_all(text.as_bytes()) {
        // `fds | head` has seen enough.
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {e}")),
        _ => Ok(()),
    });
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "fds: {message}");
            ExitCode::FAILURE
        }
    }
}

fn listing() -> Result<String, String> {
    let mut args = std::env::args_os().skip(1);
    let pid = match (args.next(), args.next()) {
        (None, _) => std::process::id() as i32,
        (Some(pid), None) => {
            let number = pid.to_str().and_then(|pid| pid.parse().ok()).filter(|&pid| pid > 0);
            number.ok_or_else(|| format!("{pid:?} is not the number of a process"))?
        }
        _ => return Err("one PID, or none for itself".into()),
    };
    let process = Process::open(pid).map_err(|e| explain(e, pid, None))?;
    let owner = rows::owner(&process);
    let rows = rows::read(&process).map_err(|e| explain(e, pid, Some(&owner)))?;
    let others = ends::scan();
    let sockets = diag::Sockets::read();
    let names = rows.iter().map(|row| ends::describe(row, pid, &others, &sockets));
    Ok(table::print(&rows::command(&process), pid, &owner, &rows, names))
}

fn explain(e: Error, pid: i32, owner: Option<&str>) -> String {
    match (e.errno(), owner) {
        (Errno::SRCH | Errno::NOENT, None) => format!("there is no process {pid}"),
        (Errno::SRCH | Errno::NOENT, Some(_)) => format!("process {pid} is gone"),
        (Errno::ACCESS | Errno::PERM, owner) => {
            format!("process {pid} is not ours to read; it belongs to {}", owner.unwrap_or("another user"))
        }
        _ => format!("process {pid}: {e}"),
    }
}
