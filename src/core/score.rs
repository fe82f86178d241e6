//! Scores.

/// A raw score as a share of the way between its ends; none where the ends or the score are out of order.
pub fn scaled(raw: f64, min: f64, max: f64) -> Option<f64> {
    (max > min && (min..=max).contains(&raw)).then(|| (raw - min) / (max - min))
}

#[cfg(test)]
mod tests {
    use super::*;

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
