//! The sockets of a directory, as `ls -l DIR | grep ^s` shows them, and who is behind each:
//! `cargo run --example socks -- /run`.
//!
//! Nobody who listens is told that he was asked about.

use std::ffi::CString;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;

use rawipc::fd::CWD;
use rawipc::socket::{Behind, Files};
use rawipc::{Errno, Error};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut dirs: Vec<_> = std::env::args_os().skip(1).collect();
    if dirs.is_empty() {
        dirs.push("/run".into());
    }
    let mut out = std::io::stdout().lock();
    for dir in dirs {
        let mut records = [0; 4096];
        let mut files = Files::open_at(CWD, &CString::new(dir.into_vec())?, &mut records)?;
        while let Some(file) = files.next()? {
            writeln!(out, "{file}  {}", said(file.behind()))?;
        }
    }
    Ok(())
}

fn said(behind: Result<Behind, Error>) -> String {
    match behind {
        Ok(Behind::Nobody) => "nobody: left by the dead".into(),
        Ok(Behind::Bound) => "bound, does not listen".into(),
        Ok(Behind::Stream) => "listens: stream".into(),
        Ok(Behind::Seqpacket) => "listens: seqpacket".into(),
        Ok(Behind::Datagram) => "receives: datagrams".into(),
        Err(e) if e.errno() == Errno::ACCESS => "not for us to ask".into(),
        Err(e) => e.to_string(),
    }
}
