//! Two producers, two consumers, an end in two threads at once: the compiler refuses, and with the reason that is meant.

use std::path::PathBuf;
use std::process::Command;

/// The newest build of the crate, beside this very test.
fn library() -> (PathBuf, PathBuf) {
    let dir = std::env::current_exe().expect("our own path").parent().expect("a directory").to_path_buf();
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("librawipc-") && name.ends_with(".rlib")
    };
    let built = std::fs::read_dir(&dir).expect("builds").flatten().map(|entry| entry.path()).filter(is_ours);
    let newest = built.max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    (newest.expect("the crate was built for this test"), dir)
}

/// What the compiler says of a function with both ends of a ring: its errors' codes.
fn codes(body: &str) -> Vec<String> {
    let (library, deps) = library();
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("misuse");
    std::fs::create_dir_all(&out).expect("a directory");
    let source =
        out.join(format!("{:x}.rs", body.bytes().fold(7_u64, |h, b| h.wrapping_mul(31) ^ u64::from(b))));
    let head =
        "#![allow(unused)]\nuse rawipc::{Receiver, Sender, ring::{Consumer, Producer}};\nuse std::thread;\n";
    let text = format!("{head}pub fn f(mut producer: Producer, mut consumer: Consumer) {{\n{body}\n}}\n");
    std::fs::write(&source, text).expect("a source");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--color", "never"]);
    rustc.arg("--extern").arg(format!("rawipc={}", library.display()));
    rustc.arg("-L").arg(format!("dependency={}", deps.display()));
    let output = rustc.arg("--out-dir").arg(&out).arg(&source).output().expect("rustc");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let codes =
        text.lines().filter_map(|line| Some(line.strip_prefix("error[")?.split_once(']')?.0.to_owned()));
    let codes: Vec<String> = codes.collect();
    assert_eq!(output.status.success(), codes.is_empty(), "{text}");
    codes
}

#[test]
fn one_end_in_two_hands_does_not_compile() {
    let misuses = [
        ("two producers", "let mut second = producer.clone();", "E0599"),
        ("two consumers", "let mut second = consumer.clone();", "E0599"),
        ("a producer given away and kept", "drop(producer); let _ = producer.try_send(b\"x\");", "E0382"),
        ("a consumer given away and kept", "drop(consumer); let _ = consumer.try_recv(&mut []);", "E0382"),
        (
            "a producer in two threads at once",
            "thread::scope(|s| { s.spawn(|| producer.try_send(b\"a\")); s.spawn(|| producer.try_send(b\"b\")); });",
            "E0499",
        ),
        (
            "a consumer in two threads at once",
            "thread::scope(|s| { s.spawn(|| consumer.try_recv(&mut [0])); s.spawn(|| consumer.try_recv(&mut [0])); });",
            "E0499",
        ),
        (
            "a producer moved into two threads",
            "for _ in 0..2 { thread::spawn(move || producer.try_send(b\"a\")); }",
            "E0382",
        ),
        ("a producer shared among threads", "fn shared<T: Sync>(_: &T) {} shared(&producer);", "E0277"),
        ("a consumer shared among threads", "fn shared<T: Sync>(_: &T) {} shared(&consumer);", "E0277"),
        (
            "a send through a shared reference",
            "let shared = &producer; let _ = shared.try_send(b\"x\");",
            "E0596",
        ),
    ];
    for (what, body, code) in misuses {
        let said = codes(body);
        assert!(!said.is_empty() && said.iter().all(|said| said == code), "{what}: {said:?}, not {code}");
        println!("{what}: {code}");
    }
}

#[test]
fn each_end_in_one_hand_compiles() {
    for body in [
        "thread::spawn(move || producer.try_send(b\"a\")); let _ = consumer.try_recv(&mut [0]);",
        "thread::scope(|s| { s.spawn(|| producer.try_send(b\"a\")); s.spawn(|| consumer.try_recv(&mut [0])); });",
    ] {
        assert_eq!(codes(body), [""; 0]);
    }
}
