//! A question on a page: what is asked, what was answered, and as much of what is right as may be shown now.

use super::kinds::{Asked, Response, Solution};
use super::model::{Question, Settings, Stage};
use super::sheet::Drawn;
use crate::web::Shell;

/// A question as templates show it.
pub struct QuestionView {
    pub id: String,
    /// From 1.
    pub number: usize,
    pub prompt: String,
    /// In words: `2 points`.
    pub points: String,
    pub field: FieldView,
    /// Whether it can still be answered.
    pub open: bool,
    /// How right the answer is, once that may be shown.
    pub verdict: Option<Verdict>,
    pub feedback: Vec<String>,
    /// The right answer in words, once that may be shown, where the options do not show it.
    pub solution: String,
}

/// Where it is answered.
pub enum FieldView {
    Options { several: bool, options: Vec<OptionView> },
    Line { numeric: bool, value: String },
}

pub struct OptionView {
    pub id: String,
    pub text: String,
    pub chosen: bool,
    /// Whether it is right: only once that may be shown.
    pub right: Option<bool>,
}

/// How right an answer is.
pub struct Verdict {
    /// `right`, `partly`, `wrong`, `none`; its word is `quiz-verdict-WORD`.
    pub word: &'static str,
    /// In words: `1 point sur 2`.
    pub earned: String,
}

impl QuestionView {
    /// Shows a question of an attempt that has come so far.
    pub fn of(
        shell: &Shell,
        settings: &Settings,
        drawn: &Drawn,
        question: &Question,
        response: &Response,
        stage: Stage,
        number: usize,
    ) -> Self {
        let kind = question.body.kind();
        let tells = settings.feedback.reached(stage);
        let solution = settings.solutions.reached(stage).then(|| kind.solution());
        let right = |id: &str| match &solution {
            Some(Solution::Options(ids)) => Some(ids.iter().any(|own| own == id)),
            Some(Solution::Truth(truth)) => Some((id == "true") == *truth),
            _ => None,
        };
        let option = |id: String, text: String| OptionView { chosen: response.holds(&id), right: right(&id), id, text };
        let field = match drawn.asked(question) {
            Asked::Options { several, options } => FieldView::Options {
                several,
                options: options.into_iter().map(|offered| option(offered.id, offered.text)).collect(),
            },
            Asked::Truth => FieldView::Options {
                several: false,
                options: vec![
                    option("true".to_owned(), shell.t("quiz-true")),
                    option("false".to_owned(), shell.t("quiz-false")),
                ],
            },
            Asked::Number => FieldView::Line { numeric: true, value: response.text().to_owned() },
            Asked::Text => FieldView::Line { numeric: false, value: response.text().to_owned() },
        };
        let mut feedback = if tells { kind.feedback(response) } else { Vec::new() };
        if tells && !question.feedback.is_empty() {
            feedback.push(question.feedback.clone());
        }
        Self {
            id: question.id.clone(),
            number,
            prompt: question.prompt.clone(),
            points: points(shell, question.points),
            field,
            open: stage == Stage::Open,
            verdict: tells.then(|| verdict(shell, question, response)),
            feedback,
            solution: solution.map(|solution| in_words(shell, &solution)).unwrap_or_default(),
        }
    }
}

/// `2 points`.
pub fn points(shell: &Shell, points: f64) -> String {
    shell.with("quiz-points", (("n", points), ("figure", &shell.number(&points))))
}

fn verdict(shell: &Shell, question: &Question, response: &Response) -> Verdict {
    let earned = question.earned(response);
    let word = match earned / question.points {
        _ if response.is_empty() => "none",
        share if share >= 1.0 => "right",
        share if share > 0.0 => "partly",
        _ => "wrong",
    };
    Verdict { word, earned: self::earned(shell, earned, question.points) }
}

/// `1 sur 2 points`.
pub fn earned(shell: &Shell, earned: f64, of: f64) -> String {
    shell.with("quiz-earned", (("earned", &shell.number(&earned)), ("points", &points(shell, of))))
}

/// The right answer, where no list of options shows it.
fn in_words(shell: &Shell, solution: &Solution) -> String {
    match solution {
        Solution::Options(_) | Solution::Truth(_) => String::new(),
        // The star is the trainer's; a learner reads that something may stand there.
        Solution::Texts(texts) => texts.join(", ").replace('*', "…"),
        Solution::Number { value, low, high } if low < high => {
            let (value, low, high) = (figure(shell, *value), figure(shell, *low), figure(shell, *high));
            shell.with("quiz-solution-range", (("value", &value), ("low", &low), ("high", &high)))
        }
        Solution::Number { value, .. } => figure(shell, *value),
    }
}

/// A number with all its digits, by the reader's language.
pub fn figure(shell: &Shell, value: f64) -> String {
    let text = ((value * 1e9).round() / 1e9).to_string();
    if shell.lang() == "fr" { text.replace('.', ",") } else { text }
}

/// `passed`, `failed`, or nothing where nobody is judged.
pub fn judged(passed: Option<bool>) -> &'static str {
    passed.map(|passed| if passed { "passed" } else { "failed" }).unwrap_or_default()
}

/// A share in whole per cent, never rounded up to what it is not.
pub fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0 + 1e-6).floor() as u32
}
