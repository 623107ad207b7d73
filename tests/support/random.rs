//! Chance that can be had again: the seed is printed, and taken from `TIRO_TEST_SEED` if that is set.

pub struct Random(u64);

impl Random {
    pub fn from_environment() -> Self {
        let seed = match std::env::var("TIRO_TEST_SEED") {
            Ok(seed) => seed.parse().expect("TIRO_TEST_SEED"),
            Err(_) => std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() as u64,
        };
        println!("TIRO_TEST_SEED={seed}");
        Self(seed)
    }

    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below another (SplitMix64).
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
