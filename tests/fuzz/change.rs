//! Changes to inputs, all of them decided by one dice.

/// Longest input that is made.
const LONGEST: usize = 16_000;
/// Numbers at which parsers go wrong.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1",
    "255",
    "65536",
    "2147483648",
    "4294967296",
    "9223372036854775808",
    "18446744073709551616",
    "0.1",
    "1e309",
    "00",
];

/// Xorshift: the same throws for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below `end`, or 0 where nothing is.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        if end == 0 { 0 } else { (self.0 >> 11) as usize % end }
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    /// A stretch of so many bytes; mostly a short one.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = if self.below(4) == 0 { length } else { 16 };
        start..(start + self.below(most + 1)).min(length)
    }
}

/// One of the inputs, with one to six changes.
pub fn changed(inputs: &[Vec<u8>], words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut input = inputs[dice.below(inputs.len())].clone();
    for _ in 0..=dice.below(6) {
        change(&mut input, inputs, words, dice);
    }
    input.truncate(LONGEST);
    input
}

fn change(input: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&str], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    match dice.below(12) {
        0 => drop(input.drain(dice.stretch(input.len()))),
        1 => input.truncate(at),
        2 | 3 => insert(input, at, dice.of(words).as_bytes()),
        4 => {
            let word = dice.of(words).as_bytes();
            let end = (at + word.len()).min(input.len());
            input.splice(at..end, word.iter().copied());
        }
        5 => insert(input, at, &dice.of(words).repeat(1 + dice.below(60)).into_bytes()),
        6 => {
            let again = input[dice.stretch(input.len())].to_vec();
            insert(input, at, &again);
        }
        7 => {
            let other = &inputs[dice.below(inputs.len())];
            insert(input, at, &other[dice.stretch(other.len())]);
        }
        8 => number(input, at, dice),
        9 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        10 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = [0, 0x7F, 0x80, 0xFF, b'\n', b' ', b'"', b'<'][dice.below(8)];
            }
        }
        _ => {
            let count = 1 + dice.below(8);
            let bytes: Vec<u8> = (0..count).map(|_| dice.below(256) as u8).collect();
            insert(input, at, &bytes);
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if input.len() + bytes.len() <= LONGEST {
        input.splice(at..at, bytes.iter().copied());
    }
}

/// Puts another number in the place of the next one.
fn number(input: &mut Vec<u8>, at: usize, dice: &mut Dice) {
    let Some(start) = (at..input.len()).find(|place| input[*place].is_ascii_digit()) else { return };
    let end = (start..input.len()).find(|place| !input[*place].is_ascii_digit()).unwrap_or(input.len());
    let number = dice.of(&NUMBERS);
    input.splice(start..end, number.bytes());
}
