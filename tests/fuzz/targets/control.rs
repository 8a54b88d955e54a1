//! Control messages.

#![no_main]
#![allow(dead_code)]

#[path = "../src/control.rs"]
mod check;
#[path = "../../../src/socket/control.rs"]
mod control;

use control::{Content, HEADER, Message, messages};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::control(bytes, messages(bytes)));
