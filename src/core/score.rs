//! Scores.

/// A raw score as a share of the way between its ends; none where the ends or the score are out of order.
pub fn scaled(raw: f64, min: f64, max: f64) -> Option<f64> {
    (max > min && (min..=max).contains(&raw)).then(|| (raw - min) / (max - min))
}

/// Whether a score is to be told in place of one that was told before: what was passed keeps its own unless a better one comes.
pub fn is_another_score(now: Option<f64>, before: Option<f64>, is_passed: bool) -> bool {
    /// What is lost where a figure is written down and read again.
    const ROUNDING: f64 = 1e-9;
    match (now, before) {
        (Some(now), Some(before)) if is_passed => now - before > ROUNDING,
        (Some(now), Some(before)) => (now - before).abs() > ROUNDING,
        (now, _) => now.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_score_is_told_once_and_a_pass_keeps_its_best() {
        for (now, before, is_passed, is_told) in [
            (None, None, false, false),
            (None, Some(0.5), false, false),
            (Some(0.5), None, true, true),
            (Some(0.5), Some(0.5 + f64::EPSILON), false, false),
            (Some(0.4), Some(0.5), false, true),
            (Some(0.4), Some(0.5), true, false),
            (Some(0.6), Some(0.5), true, true),
        ] {
            assert_eq!(is_another_score(now, before, is_passed), is_told, "{now:?} {before:?} {is_passed}");
        }
    }

    #[test]
    fn raw_scores_are_scaled_between_their_ends() {
        for (raw, min, max, share) in [
            (80.0, 0.0, 100.0, Some(0.8)),
            (15.0, 10.0, 20.0, Some(0.5)),
            (30.0, 10.0, 20.0, None),
            (5.0, 20.0, 10.0, None),
            (f64::NAN, 0.0, 1.0, None),
        ] {
            assert_eq!(scaled(raw, min, max), share, "{raw} in {min}..{max}");
        }
    }
}
