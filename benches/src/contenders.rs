//! Everybody who takes part.

#[cfg(any(boost, libqb, feature = "peers"))]
pub mod answer;
pub mod calls;
#[cfg(any(boost, libqb))]
pub mod debian;
#[cfg(any(boost, libqb, feature = "peers"))]
pub mod each;
pub mod futex;
pub mod inplace;
pub mod line;
#[cfg(feature = "peers")]
pub mod loaned;
pub mod memcpy;
#[cfg(feature = "peers")]
pub mod packages;
pub mod pipe;
pub mod ring;
pub mod slots;

/// A message that no compiler knows.
pub fn message(len: usize) -> Vec<u8> {
    std::hint::black_box((0..len).map(|i| (i * 7) as u8).collect())
}
