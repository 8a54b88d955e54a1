//! User-space instructions of a send and of a receive from C, against the same kernel call made from C without the
//! library, by callgrind. A message has 64 bytes.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::Check;
use crate::callgrind::per_operation;
use crate::library::{has, prefix, root, run, scratch};
use crate::scratch::unused;
use crate::skip::skip;

pub const CHECKS: [Check; 1] = [("instructions::few_more_than_the_bare_call", few_more_than_the_bare_call)];

/// The most that an operation may take above the bare call.
const LIMIT: i64 = 25;

/// What looks at more than the bare call does is held where it is: a receive that tells a message from the end and from
/// one above the limit, a send that tells why nobody is there; and the ring, which makes no call at all.
const OTHER_LIMITS: [(&str, i64); 4] =
    [("op_seqpacket_recv", 40), ("op_datagram_recv", 40), ("op_datagram_send", 32), ("op_ring_", 170)];

const TIMES: u64 = 200;

fn few_more_than_the_bare_call() {
    if !has("valgrind") {
        skip("instructions of the C library: no valgrind");
        return;
    }
    let dir = scratch("instructions");
    let (bare, through) = (dir.join("bare"), dir.join("through"));
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-fno-ipa-icf", "-o"]).arg(&bare).arg(root().join("tests/instructions/bare.c"));
    run(&mut cc).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-fno-ipa-icf", "-Wall", "-Werror", "-I"]).arg(prefix().join("include")).arg("-o");
    run(cc.arg(&through).arg(root().join("tests/capi/through.c")).arg(prefix().join("lib/librawipc.a")))
        .unwrap();

    let fifo = unused("rawipc-fifo");
    let of = |program: &Path| {
        let name = program.file_name().unwrap().to_str().unwrap();
        per_operation(&dir, TIMES, name, |times| -> Vec<OsString> {
            vec![program.into(), times.to_string().into(), fifo.clone().into()]
        })
    };
    let (through, bare) = (of(&through), of(&bare));

    println!("{:<12} {:<5} {:>7} {:>7} {:>7}", "from C", "", "rawipc", "bare", "above");
    let mut wrong = Vec::new();
    for (operation, ours) in &through {
        let (mechanism, verb) = operation.strip_prefix("op_").unwrap().split_once('_').unwrap();
        let of_bare = if mechanism == "twin" { "op_pipe_send" } else { operation };
        let bare = bare[of_bare];
        let above = ours - bare;
        println!("{mechanism:<12} {verb:<5} {ours:>7} {bare:>7} {above:>7}");
        let other = OTHER_LIMITS.iter().find(|(name, _)| operation.starts_with(name));
        let limit = other.map_or(LIMIT, |(_, limit)| *limit);
        match mechanism {
            "twin" if above <= limit => wrong.push("a sender that adds up its bytes was not noticed".into()),
            "twin" => {}
            _ if above > limit => {
                wrong.push(format!("{operation}: {above} above the bare call, {limit} allowed"))
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
