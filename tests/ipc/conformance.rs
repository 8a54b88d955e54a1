//! The contract of `rawipc::channel`, point by point, on every mechanism.
//!
//! A point is one function over a [`Mechanism`]; each pair of them is a test of its own, and the outcome of all
//! pairs is the matrix. [`broken`] holds one deliberately broken channel for each way in which a point can be
//! missed, and each must be flagged.

mod broken;
pub mod matrix;
pub mod mechanism;
mod mechanisms;
mod p1_whole;
mod p2_all_or_nothing;
mod p3_truncation;
mod p4_empty;
mod p5_gone;
mod p6_waits;
mod p7_hostile;
mod p8_syscalls;
mod p9_descriptors;

pub use mechanism::{Channel, Mechanism, Rx, Tx};
pub use mechanisms::{all, before_6_18};

use crate::runner::List;

/// One numbered point of the contract.
pub struct Point {
    pub name: &'static str,
    pub check: fn(&Mechanism),
}

/// The nine, in order.
pub const POINTS: [Point; 9] = [
    Point { name: "1 whole, in order", check: p1_whole::check },
    Point { name: "2 all or nothing", check: p2_all_or_nothing::check },
    Point { name: "3 no truncation", check: p3_truncation::check },
    Point { name: "4 none empty", check: p4_empty::check },
    Point { name: "5 peer gone", check: p5_gone::check },
    Point { name: "6 waits", check: p6_waits::check },
    Point { name: "7 hostile peer", check: p7_hostile::check },
    Point { name: "8 syscalls", check: p8_syscalls::check },
    Point { name: "9 descriptors", check: p9_descriptors::check },
];

pub fn tests(list: &mut List) {
    for mechanism in all() {
        for (n, point) in POINTS.iter().enumerate() {
            list.add(test_name(&mechanism, n), move || {
                (point.check)(&mechanism);
                mechanism::remove_files();
            });
        }
    }
    broken::tests(list);
}

/// `conformance::packet_pipe::point_1`.
pub fn test_name(mechanism: &Mechanism, index: usize) -> String {
    format!("conformance::{}::point_{}", mechanism.name.replace(' ', "_"), index + 1)
}
