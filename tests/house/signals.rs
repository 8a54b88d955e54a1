//! Each function that reaches the kernel says whether a signal handler may call it. `cargo test --test safe` has
//! one call each that says so.

use crate::source::{self, Model, Source};
use crate::syscalls::{Signals, section};

/// The sections that do not say it, or not so that it can be understood.
fn silent(sources: &[Source]) -> Vec<String> {
    let model = Model::new(sources);
    let functions = model.functions.iter().map(|f| (f.key(), f.place(), &f.docs));
    let types = model.types.iter().map(|t| (t.key(), format!("src/{}:{}", t.path, t.line), &t.docs));
    let says_nothing = |docs: &str| section(docs).is_some() && Signals::of(docs).is_none();
    let silent = functions.chain(types).filter(|(.., docs)| says_nothing(docs));
    silent
        .map(|(key, place, _)| {
            format!(
                "{place} {key} does not say whether it is async-signal-safe. `# Syscalls` begins with \
                 \"Async-signal-safe.\", \"Async-signal-safe where WHAT IT IS GIVEN is.\" or \
                 \"Not async-signal-safe: WHY.\""
            )
        })
        .collect()
}

#[test]
fn what_reaches_the_kernel_says_whether_a_handler_may() {
    crate::none(&silent(&source::sources()));
}

#[test]
fn silence_is_flagged() {
    let says = |sentence: &str| {
        let table = "/// | case | calls |\n/// |---|---|\n/// | ok | `read` |";
        silent(&[source::source(
            "pipe.rs",
            &format!("/// # Syscalls\n/// {sentence}\n{table}\npub fn f() {{}}"),
        )])
    };
    for silence in [
        "",
        "Prose.",
        "Async-signal-safe",
        "Async-signal-safely done.",
        "Async-signal-safe where .",
        "Async-signal-safe: yes.",
        "Not async-signal-safe.",
        "Not async-signal-safe: .",
        "Prose. Async-signal-safe.",
    ] {
        crate::flagged(&says(silence), "does not say");
    }
    for good in [
        "Async-signal-safe.",
        "Async-signal-safe. Prose that goes on.",
        "Async-signal-safe where the stream is.",
        "Async-signal-safe where [`read`](Self::read) is.",
        "Not async-signal-safe: it\n/// allocates.",
    ] {
        assert!(says(good).is_empty(), "{good}: {:?}", says(good));
    }
}
