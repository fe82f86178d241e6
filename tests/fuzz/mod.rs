//! No parser of what strangers send may be brought down, or made to answer what it promises not to, whatever it is given.
//!
//! Each target is tried with inputs that are understood, with long runs of what its language is made of, and with changes to
//! all of them. The changes are the same at each run. `README.md` tells how to search for longer.

mod change;
mod targets;

use std::any::Any;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use change::Dice;
use targets::{TARGETS, Target};

/// Bytes of a run of one word.
const LONG: usize = 40_000;
/// Inputs that are kept to be changed further.
const KEPT: usize = 4_000;

macro_rules! stories {
    ($($story:ident: $target:literal,)+) => {
        $(
            #[test]
            fn $story() {
                search($target);
            }
        )+

        #[test]
        fn every_target_is_searched() {
            let searched: Vec<&str> = vec![$($target),+];
            assert_eq!(TARGETS.map(|target| target.name).to_vec(), searched);
        }
    };
}

stories! {
    whatever_is_uploaded_is_taken_whole_or_refused: "archive",
    any_scorm_manifest_is_understood_or_refused: "imsmanifest",
    any_cmi5_structure_is_understood_or_refused: "cmi5",
    any_tincan_manifest_is_understood_or_refused: "tincan",
    json_reads_as_everybody_reads_it: "json",
    a_statement_that_is_taken_reads_back_as_it_was: "statement",
    moments_and_durations_read_back_as_they_were_written: "moments",
    a_message_reads_the_same_however_it_arrives: "message",
    no_signature_is_believed_that_was_not_made: "signature",
    any_profile_is_understood_and_judges_or_is_refused: "profile",
    what_scorm_content_sets_is_kept_or_refused: "scorm-values",
    any_commit_leaves_a_sound_record: "scorm-commit",
    no_text_becomes_active_html: "markdown",
    captions_are_written_so_that_they_read_the_same: "captions",
    any_path_and_range_is_answered: "requests",
    any_quiz_is_marked_fairly_or_not_published: "quiz",
}

/// How long to go on: so many inputs, or the seconds that are asked for.
enum Effort {
    Inputs(u64),
    Until(Instant),
}

impl Effort {
    fn of(target: &Target) -> Self {
        let seconds = std::env::var("PREAU_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
        seconds.map_or(Self::Inputs(target.tries.into()), |seconds| {
            Self::Until(Instant::now() + Duration::from_secs(seconds))
        })
    }

    fn goes_on(&self, tried: u64) -> bool {
        match self {
            Self::Inputs(count) => tried < *count,
            Self::Until(end) => Instant::now() < *end,
        }
    }
}

fn search(name: &str) {
    let target = TARGETS.into_iter().find(|target| target.name == name).expect("a target");
    let seed = std::env::var("PREAU_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let effort = Effort::of(&target);
    let mut dice = Dice::new(seed);
    let (mut tried, mut slowest) = (0_u64, Duration::ZERO);
    let mut attempt = |input: &[u8]| {
        let begun = Instant::now();
        let outcome = run(&target, input);
        slowest = slowest.max(begun.elapsed());
        tried += 1;
        (outcome, tried)
    };

    let mut kept = (target.seeds)();
    let mut seen: HashSet<u64> = kept.iter().map(|seed| attempt(seed).0).collect();
    assert!(seen.len() > 1, "the seeds of {name} all come to the same end");
    for word in target.words {
        attempt(word.repeat(LONG / word.len()).as_bytes());
    }
    loop {
        let input = change::changed(&kept, target.words, &mut dice);
        let (outcome, tried) = attempt(&input);
        if seen.insert(outcome) && kept.len() < KEPT {
            kept.push(input);
        }
        if !effort.goes_on(tried) {
            break;
        }
    }
    println!("{name}: {tried} inputs, {} kinds of end, the slowest took {slowest:?}", seen.len());
}

/// The target on one input, which is kept in a file if it is too much for it.
fn run(target: &Target, input: &[u8]) -> u64 {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).unwrap_or_else(|cause: Box<dyn Any + Send>| {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let file = folder.join(format!("fuzz-{}", target.name));
        std::fs::write(&file, input).expect("room for the input");
        let why = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
        let shown: String = input.escape_ascii().take(600).map(char::from).collect();
        panic!("{}: {}\non {shown}\nkept in {}", target.name, why.unwrap_or("a panic"), file.display());
    })
}
