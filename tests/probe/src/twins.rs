//! The known-bad twins: each breaks one of the promises, and tests/constrained must say so.

use crate::probes;

/// Written to by [`twin_writes_a_static`].
static mut WRITTEN: u32 = 0;

probes! {
    twin_indexes(a: &[u8], n: usize) -> u8 = a[n];
    twin_slices(a: &[u8], n: usize) -> &[u8] = &a[..n];
    twin_unwraps(o: Option<u8>) -> u8 = o.unwrap();
    twin_formats(w: &mut dyn core::fmt::Write, n: u32) -> bool = write!(w, "{n}").is_ok();
    twin_calls_through(f: extern "C" fn(&mut [u8])) = f(&mut [0; 32]);
    twin_recurses(n: &u64, m: &mut u64) = recurse(n, m);
    twin_holds_16_kib(f: u8, n: usize) -> u8 = large(f, n);
    twin_calls_what_holds_16_kib(f: u8, n: usize) -> u8 = large(f, n) ^ large(f ^ 1, n >> 1);
    // SAFETY: nobody runs this.
    twin_writes_a_static(n: u32) -> u32 = unsafe {
        WRITTEN ^= n;
        WRITTEN
    };
}

#[inline(never)]
fn large(fill: u8, n: usize) -> u8 {
    let array = core::hint::black_box([fill; 16 * 1024]);
    array.get(n).copied().unwrap_or(fill)
}

#[inline(never)]
fn recurse(n: &u64, m: &mut u64) {
    let mut here = core::hint::black_box([*n, *m]);
    let [a, b] = &mut here;
    if *a != 0 {
        *a >>= 1;
        recurse(a, b);
        recurse(&*b, m);
    }
    *m ^= *b;
}
