//! The state of a ring: what both sides call, and what is written to the memory of either in between.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rawipc::fuzz_ring(bytes));
