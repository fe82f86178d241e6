//! Small drawings made from data: the floor tile of a course, the initials of a person.

use std::fmt::{Display, Write};

/// The paths of a course's floor tile, on a 12 × 12 canvas (`.tile` in the style sheets colours the classes `t0` to `t5`).
///
/// Cement tiles of a school yard: one quarter, drawn from the seed, turned four times. The same seed gives the same tile, and
/// the text holds nothing of the seed.
pub fn tile(seed: &impl Display) -> String {
    let mut dice = Dice::of(&seed.to_string());
    let ground = 0;
    let mut colours = [1, 2, 3, 4, 5];
    dice.shuffle(&mut colours);
    let mut svg = format!(r#"<path class="t{ground}" d="M0 0h12v12H0z"/>"#);
    let corner = CORNERS[dice.below(CORNERS.len())];
    let middle = MIDDLES[dice.below(MIDDLES.len())];
    let edge = EDGES[dice.below(EDGES.len())];
    // Layer by layer, so that a turned quarter never covers what its neighbour laid over it.
    for (shape, colour) in [(edge, colours[0]), (corner, colours[1]), (middle, colours[2])] {
        for quarter in 0..4 {
            let turn = quarter * 90;
            // Writing to a String cannot fail.
            let _ = write!(svg, r#"<path class="t{colour}" transform="rotate({turn} 6 6)" d="{shape}"/>"#);
        }
    }
    svg
}

/// Shapes in the corner of a quarter tile (the square from 0,0 to 6,6).
const CORNERS: [&str; 5] =
    ["M0 0h3a3 3 0 0 1-3 3z", "M0 0h3L0 3z", "M0 0h2v2H0z", "M0 0h4a4 4 0 0 1-4 4z", "M0 0h2.500l1 3.500L0 2.500z"];
/// Shapes that meet in the middle of the tile.
const MIDDLES: [&str; 5] =
    ["M6 6V3a3 3 0 0 0-3 3z", "M6 6V2.500L2.500 6z", "M6 6V4H4v2z", "M6 6 4 4l2-2z", "M6 6V4.500L4.500 6z"];
/// Shapes along the edge.
const EDGES: [&str; 5] = ["M3 0h6L6 3z", "M4 0h4v2H4z", "M3 0h6a3 3 0 0 1-6 0z", "M6 0l3 3-3 3-3-3z", "M5 0h2v6H5z"];

/// A small generator of repeatable numbers (FNV-1a, then xorshift): the picture must not change from one version to the next.
struct Dice(u64);

impl Dice {
    fn of(seed: &str) -> Self {
        let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The upper bits are the better ones; the limits here are far below the range.
        (self.0 >> 33) as usize % limit
    }

    fn shuffle(&mut self, items: &mut [i32]) {
        for place in (1..items.len()).rev() {
            let other = self.below(place + 1);
            items.swap(place, other);
        }
    }
}

/// At most two letters that stand for a name: the first of the first and of the last word.
pub fn initials(name: &impl Display) -> String {
    let name = name.to_string();
    let mut letters =
        name.split([' ', '-', '\u{A0}']).filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_keeps_its_tile_and_others_have_their_own() {
        assert_eq!(tile(&"chantier"), tile(&"chantier"));
        let tiles: std::collections::HashSet<String> = (0..100).map(|n| tile(&n)).collect();
        assert!(tiles.len() > 90);
        assert!(!tile(&"<script>").contains("script"));
    }

    #[test]
    fn initials_are_two_letters_at_most() {
        assert_eq!(initials(&"Camille Martin"), "CM");
        assert_eq!(initials(&"Jean-Luc de la Tour"), "JT");
        assert_eq!(initials(&"école"), "É");
        assert_eq!(initials(&""), "");
    }
}
