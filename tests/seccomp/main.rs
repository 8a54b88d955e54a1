mod generate;
#[path = "../support/tables.rs"]
mod grammar;
#[path = "../house/source.rs"]
#[allow(dead_code)]
mod source;
#[path = "../syscalls/tables.rs"]
#[allow(dead_code)]
mod tables;
fn main() {
    println!("{:#?}", generate::stale());
    println!("{:#?}", generate::twins());
}
