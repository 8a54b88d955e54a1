//! A remote call in which one side is in C and the other in Rust.

use std::ffi::CString;
use std::process::Stdio;
use std::time::Duration;

use rawipc::rpc::{CallError, Client, Failure, Packer, Server, Unpacker};
use rawipc::socket::{Address, DEFAULT_LIMIT, Listener, Seqpacket};
use rawipc::{Errno, Result, Wait};

use crate::Check;
use crate::library::{root, scratch};
use crate::programs::{Linked, command, compile};

pub const CHECKS: [Check; 2] =
    [("remote::c_calls_rust", c_calls_rust), ("remote::rust_calls_c", rust_calls_c)];

const IN_TIME: Wait = Wait::at_most(Duration::from_secs(20));
const ADD: u32 = 1;
const GREET: u32 = 2;

/// The program, and a name for this side's socket.
fn program(name: &str) -> Option<(std::path::PathBuf, String, Address)> {
    let program = compile(&root().join("examples/c/rpc.c"), Linked::Dynamically, &[])?;
    let path = scratch("remote").join(format!("{name}-{}", std::process::id()));
    let path = path.to_str().unwrap();
    // From where it lies, should the path be too long for a socket.
    let relative = path.rsplit('/').next().unwrap().to_string();
    std::env::set_current_dir(scratch("remote")).unwrap();
    let address = Address::path(&CString::new(relative.clone()).unwrap()).unwrap();
    Some((program, relative, address))
}

fn methods(method: u32, args: &mut Unpacker<'_>, result: &mut Packer<'_>) -> Result<(), Failure> {
    match method {
        ADD => result.u64(u64::from(args.u32()?) + u64::from(args.u32()?))?,
        GREET => result.str(&format!("hello, {}", args.str()?))?,
        _ => return Err(Failure::UNKNOWN_METHOD),
    }
    Ok(args.finish()?)
}

fn c_calls_rust() {
    let Some((program, path, address)) = program("in-rust") else { return };
    let listener = Listener::<Seqpacket>::bind(&address).unwrap();
    let client = command(&program).args(["client", &path]).stdout(Stdio::piped()).spawn().unwrap();
    let socket = listener.accept(IN_TIME).unwrap();
    let (mut inbox, mut outbox) = (vec![0; DEFAULT_LIMIT], vec![0; 1024]);
    Server::new(socket, &mut inbox, &mut outbox).unwrap().serve(IN_TIME, methods).unwrap();
    let out = client.wait_with_output().unwrap();
    assert!(out.status.success());
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "4294967296\nhello, world\nno method 99\n");
}

fn rust_calls_c() {
    let Some((program, path, address)) = program("in-c") else { return };
    let mut server = command(&program).args(["server", &path]).spawn().unwrap();
    let socket = loop {
        match Seqpacket::connect(&address, IN_TIME) {
            // Not there yet.
            Err(e) if matches!(e.errno(), Errno::NOENT | Errno::CONNREFUSED) => {
                assert!(server.try_wait().unwrap().is_none(), "the server has left");
                std::thread::yield_now();
            }
            socket => break socket.unwrap(),
        }
    };
    let mut buf = vec![0; DEFAULT_LIMIT];
    let mut client = Client::new(socket, &mut buf).unwrap();
    for (a, b) in [(1, 2), (u32::MAX, u32::MAX)] {
        let mut sum = client.call(ADD, IN_TIME, |args| args.u32(a).and_then(|()| args.u32(b))).unwrap();
        assert_eq!((sum.u64(), sum.finish()), (Ok(u64::from(a) + u64::from(b)), Ok(())));
    }
    let mut greeting = client.call(GREET, IN_TIME, |args| args.str("é")).unwrap();
    assert_eq!((greeting.str(), greeting.finish()), (Ok("hello, é"), Ok(())));
    let failed = |e| Err(CallError::Remote(e));
    assert_eq!(client.call(ADD, IN_TIME, |args| args.u8(0)).map(drop), failed(Failure::BAD_ARGUMENTS));
    // More than the program has room for.
    let long = "x".repeat(1000);
    assert!(client.call(GREET, IN_TIME, |args| args.str(&long)).is_ok());
    assert_eq!(client.call(99, IN_TIME, |_| Ok(())).map(drop), failed(Failure::UNKNOWN_METHOD));
    drop(client);
    assert!(server.wait().unwrap().success());
}
