//! Two processes and a pipe, and nothing else.
#![no_std]
#![no_main]

use freestanding::{Arguments, entry, fork, reap, say};
use rawipc::{ByteRead, ByteWrite, Result, Wait, pipe};

entry!(main);

extern "C" fn main(_: &Arguments) -> i32 {
    i32::from(run().is_err())
}

fn run() -> Result<()> {
    let (mut read_end, mut write_end) = pipe::pair()?;
    let child = fork();
    if child == 0 {
        drop(read_end);
        // There is room in a new pipe: nothing to wait for.
        return write_end.try_write(b"pipe: from the child\n").map(drop);
    }
    drop(write_end);
    let mut buf = [0; 32];
    let len = read_end.read(&mut buf, Wait::FOREVER)?;
    say(buf.get(..len).unwrap_or_default());
    reap(child);
    Ok(())
}
