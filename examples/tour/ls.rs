//! The columns of `ls -ls`, from the metadata of a file.

use std::ffi::CStr;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Blocks in units of 1024 bytes, and the long format.
pub fn line_with_blocks(path: &Path) -> io::Result<String> {
    let meta = fs::symlink_metadata(path)?;
    Ok(format!("{} {} {} {}", meta.blocks().div_ceil(2), mode(&meta), after_mode(&meta), path.display()))
}

/// `prw-------`
pub fn mode(meta: &Metadata) -> String {
    let kind = meta.file_type();
    let first = match () {
        () if kind.is_symlink() => 'l',
        () if kind.is_fifo() => 'p',
        () if kind.is_socket() => 's',
        () if kind.is_dir() => 'd',
        () if kind.is_char_device() => 'c',
        () if kind.is_block_device() => 'b',
        () => '-',
    };
    let bits = (0..9).rev().zip("rwxrwxrwx".chars());
    let letters = bits.map(|(bit, letter)| if meta.mode() >> bit & 1 == 1 { letter } else { '-' });
    std::iter::once(first).chain(letters).collect()
}

/// Links, user, group, size and date.
pub fn after_mode(meta: &Metadata) -> String {
    let (user, group) = (user(meta.uid()), group(meta.gid()));
    format!("{} {user} {group} {} {}", meta.nlink(), meta.size(), date(meta.mtime()))
}

fn user(uid: u32) -> String {
    // SAFETY: one thread; the answer is read before the next call.
    let entry = unsafe { libc::getpwuid(uid).as_ref() };
    // SAFETY: libc's own entry, whose name ends in NUL.
    let name = entry.map(|entry| unsafe { CStr::from_ptr(entry.pw_name) });
    name.map_or_else(|| uid.to_string(), |name| name.to_string_lossy().into_owned())
}

fn group(gid: u32) -> String {
    // SAFETY: one thread; the answer is read before the next call.
    let entry = unsafe { libc::getgrgid(gid).as_ref() };
    // SAFETY: libc's own entry, whose name ends in NUL.
    let name = entry.map(|entry| unsafe { CStr::from_ptr(entry.gr_name) });
    name.map_or_else(|| gid.to_string(), |name| name.to_string_lossy().into_owned())
}

/// `Nov 22 13:17`, or the year in place of the hour for what is more than half a year away.
fn date(seconds: i64) -> String {
    const HALF_A_YEAR: i64 = 31_556_952 / 2;
    // Not time(): its clock is a little late, and a new file would be one of the future.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    let age = now - seconds;
    let format = if (0..HALF_A_YEAR).contains(&age) { c"%b %e %H:%M" } else { c"%b %e  %Y" };
    // SAFETY: all zeroes is a valid `tm`.
    let mut tm = unsafe { std::mem::zeroed::<libc::tm>() };
    let seconds = seconds as libc::time_t;
    // SAFETY: both are live.
    unsafe { libc::localtime_r(&raw const seconds, &raw mut tm) };
    let mut text = [0u8; 32];
    // SAFETY: writes no more than the length given, and says how much.
    let n = unsafe { libc::strftime(text.as_mut_ptr().cast(), text.len(), format.as_ptr(), &raw const tm) };
    String::from_utf8_lossy(&text[..n]).into_owned()
}
