//! Forking integration tests.

fn main() {}
