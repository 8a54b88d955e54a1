//! Allow-lists of exactly the calls that these functions make, as a filter in the kernel.
//!
//! A rawipc_seccomp_list is a set of calls, some with a condition on an argument; all zeroes is an empty one.
//! rawipc_seccomp_add() puts one of the lists that are made from the syscall tables into it, by name: a module
//! ("PIPE") or a role that a process plays once everything is set up ("PIPE_WRITER"). rawipc_seccomp_filter_make() turns
//! the list into instructions, rawipc_seccomp_filter_install() puts them in front of the thread for good.
//!
//! A C library makes calls of its own: give their numbers (SYS_… of <sys/syscall.h>) to rawipc_seccomp_filter_make().

use core::ffi::{CStr, c_char, c_int};
use core::ptr::null;

use rawipc::seccomp::{Action, Fcntl, Filter, Instruction, List};
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

/// The process dies of SIGSYS at a call that is not on the list.
pub const RAWIPC_SECCOMP_KILL: u32 = 0;
/// A call that is not on the list is not made, and fails with an errno.
pub const RAWIPC_SECCOMP_ERRNO: u32 = 1;
/// A call that is not on the list is made, and the kernel's log tells of it.
pub const RAWIPC_SECCOMP_LOG: u32 = 2;

/// Instructions that a filter of any list has at the most, without numbers of the program's own.
pub const RAWIPC_SECCOMP_ROOM: usize = 128;

const _: () = assert!(RAWIPC_SECCOMP_ROOM == rawipc::seccomp::ROOM);

/// A set of calls; all zeroes is an empty one. May be copied.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_seccomp_list {
    opaque: [u64; 3],
}

crate::layout!(rawipc_seccomp_list: 24);
const _: () = assert!(size_of::<rawipc_seccomp_list>() == size_of::<List>());
const _: () = assert!(align_of::<rawipc_seccomp_list>() >= align_of::<List>());

/// One instruction of a filter: the kernel's `struct sock_filter`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_seccomp_instruction {
    /// What to do.
    pub code: u16,
    /// How many instructions to pass over where a comparison holds.
    pub jump_true: u8,
    /// How many where it does not.
    pub jump_false: u8,
    /// The operand.
    pub operand: u32,
}

crate::layout!(rawipc_seccomp_instruction: 8, code 0, jump_true 2, jump_false 3, operand 4);
const _: () = assert!(size_of::<rawipc_seccomp_instruction>() == size_of::<Instruction>());

/// The condition under which a call is let through: an argument, under a mask, is one of a few values.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_seccomp_check {
    /// Which argument, from 0.
    pub arg: u32,
    /// The bits of it that are looked at.
    pub mask: u32,
    /// How many values there are.
    pub len: u32,
    /// What the argument may be under the mask.
    pub values: [u32; 9],
}

crate::layout!(rawipc_seccomp_check: 48, arg 0, mask 4, len 8, values 12);

/// A filter that is ready to be put in front of the process, in the caller's instructions. A handle.
#[repr(C)]
pub struct rawipc_seccomp_filter {
    opaque: [u64; 4],
}

holds!(rawipc_seccomp_filter, Filter<'static>, *b"filter  ");
crate::layout!(rawipc_seccomp_filter: 32);

const LISTS: Args = Args(Call::SECCOMP);

/// The names of the lists.
///
/// @param index  from 0
/// @param buf    gets as much of the name as fits, always ended by a NUL; 32 bytes are enough
/// @return the length of the whole name without its NUL; 0 after the last; or -errno
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_name(
    index: usize,
    buf: *mut c_char,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's buffer.
    let named = unsafe { LISTS.buffer(buf.cast(), len) }.map(|buf| {
        let name = List::ALL.get(index).map_or("", |(name, _)| *name);
        put_text(name.as_bytes(), buf)
    });
    // SAFETY: the caller's error.
    unsafe { length(named, error) }
}

/// Puts everything that is in one of the named lists into a list.
///
/// @param list  is read and written
/// @param name  of rawipc_seccomp_name(), such as "RING_CONSUMER", or "EXIT" for what any program makes besides
/// @return 0, or -errno
/// @par Errors
/// EINVAL: no list has this name.
/// @rust seccomp::List::and
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_add(
    list: *mut rawipc_seccomp_list,
    name: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    let added = (|| {
        // SAFETY: the caller's list.
        let list = unsafe { changed(list) }?;
        // SAFETY: the caller's text.
        let named = find_list(unsafe { LISTS.text(name) }?)?;
        *list = list.and(named);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(added, error) }
}

/// Puts one call into a list, with its condition; fcntl with every command of these functions.
///
/// @param call  its name, as in the tables
/// @return 0, or -errno
/// @par Errors
/// EINVAL: none of these functions makes it; rawipc_seccomp_filter_make() takes any call by its number.
/// @rust seccomp::List::with
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_add_call(
    list: *mut rawipc_seccomp_list,
    call: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's list and text.
    let added = unsafe { with_call(list, call, List::with) };
    // SAFETY: the caller's error.
    unsafe { status(added, error) }
}

/// Takes one call out of a list; fcntl with all its commands.
///
/// @param call  its name, as in the tables
/// @return 0, or -errno
/// @par Errors
/// EINVAL: none of these functions makes it.
/// @rust seccomp::List::without
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_remove_call(
    list: *mut rawipc_seccomp_list,
    call: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's list and text.
    let removed = unsafe { with_call(list, call, List::without) };
    // SAFETY: the caller's error.
    unsafe { status(removed, error) }
}

/// Puts fcntl with one command into a list.
///
/// @param command  F_… of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// EINVAL: none of these functions gives it.
/// @rust seccomp::List::with_fcntl
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_add_fcntl(
    list: *mut rawipc_seccomp_list,
    command: c_int,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's list.
    let added = unsafe { with_fcntl(list, command, List::with_fcntl) };
    // SAFETY: the caller's error.
    unsafe { status(added, error) }
}

/// Takes one command of fcntl out of a list.
///
/// @param command  F_… of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// EINVAL: none of these functions gives it.
/// @rust seccomp::List::without_fcntl
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_remove_fcntl(
    list: *mut rawipc_seccomp_list,
    command: c_int,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's list.
    let removed = unsafe { with_fcntl(list, command, List::without_fcntl) };
    // SAFETY: the caller's error.
    unsafe { status(removed, error) }
}

/// The calls of a list.
///
/// @param index  from 0
/// @return a static string; NULL after the last
/// @rust seccomp::List::calls, seccomp::List::contains
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_call(
    list: *const rawipc_seccomp_list,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller's list.
    let call = unsafe { given(list) }.ok().and_then(|list| list.calls().nth(index));
    call.map_or(null(), |call| call.c_name().as_ptr())
}

/// The commands of fcntl in a list.
///
/// @param index  from 0
/// @return F_… of <fcntl.h>; -1 after the last; -EFAULT
/// @rust seccomp::List::fcntls
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_fcntl(list: *const rawipc_seccomp_list, index: usize) -> c_int {
    // SAFETY: the caller's list.
    match unsafe { given(list) } {
        Ok(list) => list.fcntls().nth(index).map_or(-1, |command| command.as_raw() as c_int),
        // SAFETY: NULL is no error to write to.
        Err(e) => unsafe { status(Err(e), core::ptr::null_mut()) },
    }
}

/// What an argument of a call must be.
///
/// @param call   its name
/// @param check  gets the condition where there is one
/// @return 1 where there is one; 0: any arguments will do, or the call is not on the list; or -errno
/// @par Errors
/// EINVAL: none of these functions makes it.
/// @rust seccomp::List::check
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_check_of(
    list: *const rawipc_seccomp_list,
    call: *const c_char,
    check: *mut rawipc_seccomp_check,
    error: *mut rawipc_error,
) -> c_int {
    let found = (|| {
        // SAFETY: the caller's list.
        let list = unsafe { given(list) }?;
        // SAFETY: the caller's text.
        let call = find_call(unsafe { LISTS.text(call) }?)?;
        // SAFETY: the caller's output.
        let out = unsafe { LISTS.output(check) }?;
        let Some(found) = list.check(call).filter(|_| list.contains(call)) else { return Ok(false) };
        let mut values = [0; 9];
        for (to, from) in values.iter_mut().zip(found.values()) {
            *to = *from;
        }
        let len = found.values().len() as u32;
        out.set(rawipc_seccomp_check { arg: found.arg, mask: found.mask, len, values });
        Ok(true)
    })();
    match found {
        Ok(found) => c_int::from(found),
        // SAFETY: the caller's error.
        Err(e) => unsafe { status(Err(e), error) },
    }
}

/// Makes a filter that lets the calls of a list through, with their conditions, and those that have one of the numbers,
/// with any arguments; everything else meets the action.
///
/// Calls of another architecture, and of x32 on x86-64, end the process whatever the action.
///
/// @param filter   gets it
/// @param numbers  count numbers of calls, or NULL
/// @param action   RAWIPC_SECCOMP_KILL, RAWIPC_SECCOMP_ERRNO or RAWIPC_SECCOMP_LOG
/// @param code     the errno, with RAWIPC_SECCOMP_ERRNO; else 0
/// @param buf      len instructions: RAWIPC_SECCOMP_ROOM are enough where there are no numbers
/// @return how many instructions it has, or -errno
/// @par Errors
/// EMSGSIZE: buf is too small; `needed` tells how many instructions it takes. EINVAL: no such action or errno, or more
/// numbers than a filter can have. ENOSYS: an architecture without numbers.
/// @par Ownership
/// buf is the filter's for as long as it is in use; there is nothing to close.
/// @rust seccomp::Filter::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_filter_make(
    filter: *mut rawipc_seccomp_filter,
    list: *const rawipc_seccomp_list,
    numbers: *const u32,
    count: usize,
    action: u32,
    code: c_int,
    buf: *mut rawipc_seccomp_instruction,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    let made = (|| {
        // SAFETY: the caller's handle.
        let empty = unsafe { LISTS.empty(filter) }?;
        // SAFETY: the caller's list.
        let list = unsafe { given(list) }?;
        // SAFETY: the caller's array, which is only read.
        let numbers = unsafe { LISTS.array(numbers.cast_mut(), count) }?;
        let action = match (action, code) {
            (RAWIPC_SECCOMP_KILL, 0) => Action::Kill,
            (RAWIPC_SECCOMP_LOG, 0) => Action::Log,
            (RAWIPC_SECCOMP_ERRNO, 1..4096) => Action::Errno(Errno::from_raw_os_error(code)),
            _ => return Err(LISTS.refused(Errno::INVAL)),
        };
        // SAFETY: the caller's array, for as long as the filter is in use; both are `struct sock_filter`.
        let buf = unsafe { LISTS.array(buf.cast::<Instruction>(), len) }?;
        let filter = Filter::new(*list, numbers, action, buf)?;
        let len = filter.instructions().len();
        empty.set(filter);
        Ok(len)
    })();
    // SAFETY: the caller's error.
    unsafe { length(made, error) }
}

/// Puts the filter in front of the calling thread, and of whatever it forks, starts or executes from now on. Nothing
/// takes it away again.
///
/// A further filter can only take more away; to install one, "SECCOMP" must be in the first.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: this kernel has no filters. ENOMEM: with those before it, they are too long.
/// @rust seccomp::Filter::install
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_filter_install(
    filter: *const rawipc_seccomp_filter,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let installed = unsafe { LISTS.value_ref(filter) }.and_then(Filter::install);
    // SAFETY: the caller's error.
    unsafe { status(installed, error) }
}

/// The same, in front of every thread of the process.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_seccomp_filter_install(); ESRCH: a thread has a filter that this one has not.
/// @rust seccomp::Filter::install_on_all_threads
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seccomp_filter_install_on_all_threads(
    filter: *const rawipc_seccomp_filter,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let installed = unsafe { LISTS.value_ref(filter) }.and_then(Filter::install_on_all_threads);
    // SAFETY: the caller's error.
    unsafe { status(installed, error) }
}

/// # Safety
/// `list` is NULL, or a list that nobody else touches meanwhile.
unsafe fn changed<'a>(list: *mut rawipc_seccomp_list) -> Result<&'a mut List> {
    if list.is_null() || !list.is_aligned() {
        return Err(LISTS.refused(Errno::FAULT));
    }
    // SAFETY: by the caller; not NULL, aligned and large enough, and any bits are a list: it consists of integers.
    Ok(unsafe { &mut *list.cast() })
}

/// # Safety
/// `list` is NULL, or a list that nobody writes to meanwhile.
unsafe fn given<'a>(list: *const rawipc_seccomp_list) -> Result<&'a List> {
    // SAFETY: by the caller; it is only read.
    unsafe { changed(list.cast_mut()) }.map(|list| &*list)
}

/// # Safety
/// As [`changed`]; `call` is NULL, or a text.
unsafe fn with_call(
    list: *mut rawipc_seccomp_list,
    call: *const c_char,
    change: fn(List, Call) -> List,
) -> Result<()> {
    // SAFETY: by the caller.
    let list = unsafe { changed(list) }?;
    // SAFETY: by the caller.
    let call = find_call(unsafe { LISTS.text(call) }?)?;
    *list = change(*list, call);
    Ok(())
}

/// # Safety
/// As [`changed`].
unsafe fn with_fcntl(
    list: *mut rawipc_seccomp_list,
    command: c_int,
    change: fn(List, Fcntl) -> List,
) -> Result<()> {
    // SAFETY: by the caller.
    let list = unsafe { changed(list) }?;
    let known = Fcntl::ALL.iter().find(|known| known.as_raw() as c_int == command);
    *list = change(*list, *known.ok_or(LISTS.refused(Errno::INVAL))?);
    Ok(())
}

fn find_list(name: &CStr) -> Result<List> {
    let name = name.to_bytes();
    let named = List::ALL.iter().find(|(known, _)| known.as_bytes() == name);
    let exit = (name == b"EXIT").then_some(List::EXIT);
    named.map(|(_, list)| *list).or(exit).ok_or(LISTS.refused(Errno::INVAL))
}

fn find_call(name: &CStr) -> Result<Call> {
    let mut calls = (0..=u8::MAX).filter_map(Call::from_number);
    calls.find(|call| call.c_name() == name).ok_or(LISTS.refused(Errno::INVAL))
}

/// As much of the text as fits, and a NUL.
fn put_text(text: &[u8], buf: &mut [u8]) -> usize {
    let room = buf.len().saturating_sub(1);
    for (to, from) in buf.iter_mut().zip(text.iter().take(room).chain(&[0])) {
        *to = *from;
    }
    text.len()
}
