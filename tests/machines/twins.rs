//! Outcomes and lists that do not fit, each of which must be flagged.

use crate::judge::{Outcomes, parse};

const RAN: &str = "\nrunning 3 tests\ntest a::one ... ok\ntest a::two ... FAILED\ntest b ... ignored, SKIP b: why\n\
                   \ntest result: FAILED. 1 passed\n";

/// The twins that nothing was said about, or not what should be.
pub fn unflagged() -> Vec<String> {
    let findings =
        |output: &str, list: &str| Outcomes::of([output.to_owned()].into_iter()).findings(&parse(list));
    let cut = RAN.split("\ntest result").next().unwrap_or_default();
    let twins: [(&str, &str, &[&str]); 9] = [
        (RAN, "# two lines\na::t* | there is none\n\nb | the same", &[]),
        (RAN, "*tw* | there is none", &["b does not pass there"]),
        (RAN, "b | there is none", &["a::two does not pass there"]),
        (RAN, "* | there is none\na::one | there is none", &["a::one is listed, and passes"]),
        (RAN, "* | there is none\n~a::one | there is none", &[]),
        (RAN, "~b | there is none", &["a::two does not pass there"]),
        (RAN, "*", &["* is listed without a reason"]),
        (cut, "* | there is none", &["1 of the programs did not come to their end"]),
        ("", "", &["1 of the programs did not come to their end"]),
    ];
    let wrong = twins.iter().filter(|(output, list, due)| findings(output, list) != *due);
    wrong.map(|(output, list, due)| format!("{list:?}: {:?}, not {due:?}", findings(output, list))).collect()
}
