//! What the servers of these tests can do.

use rawipc::rpc::{Failure, Packer, Unpacker};

/// `u32`, `u32` → their sum, `u64`.
pub const ADD: u32 = 1;
/// bytes → the same bytes.
pub const ECHO: u32 = 2;
/// `u32` → no result: it is the failure's code.
pub const FAIL: u32 = 3;
/// → more than any message holds.
pub const FLOOD: u32 = 4;
/// `u8`, `i8`, `u16`, `i16`, `i32`, `u64`, `i64`, `bool`, text → the same.
pub const EVERYTHING: u32 = 5;
/// No method has it.
pub const NONE: u32 = 77;

pub fn run(method: u32, args: &mut Unpacker<'_>, result: &mut Packer<'_>) -> Result<(), Failure> {
    match method {
        ADD => result.u64(u64::from(args.u32()?) + u64::from(args.u32()?))?,
        ECHO => result.bytes(args.bytes()?)?,
        FAIL => return Err(Failure::new(args.u32()?)),
        FLOOD => loop {
            result.bytes(&[0xee; 4096])?;
        },
        EVERYTHING => {
            result.u8(args.u8()?)?;
            result.i8(args.i8()?)?;
            result.u16(args.u16()?)?;
            result.i16(args.i16()?)?;
            result.i32(args.i32()?)?;
            result.u64(args.u64()?)?;
            result.i64(args.i64()?)?;
            result.bool(args.bool()?)?;
            result.str(args.str()?)?;
        }
        _ => return Err(Failure::UNKNOWN_METHOD),
    }
    Ok(args.finish()?)
}
