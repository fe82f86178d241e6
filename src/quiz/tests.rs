//! What holds for every quiz.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::kinds::{
    Asked, Body, Choice, MultipleChoice, NAMES, Numeric, Response, ShortText, SingleChoice, Tolerance, TrueFalse,
};
use super::model::{Question, Quiz, Settings, Shown, Stage, is_id};
use super::sheet::{Marked, Sheet};

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    prop::collection::vec(any::<bool>(), 2..8).prop_map(|correct| {
        let choice = |(place, correct): (usize, bool)| Choice {
            id: format!("c{place}"),
            text: format!("choice {place}"),
            correct,
            feedback: format!("SECRET feedback {place}"),
        };
        correct.into_iter().enumerate().map(choice).collect()
    })
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        choices().prop_map(|mut choices| {
            for (place, choice) in choices.iter_mut().enumerate() {
                choice.correct = place == 1;
            }
            Body::SingleChoice(SingleChoice { choices })
        }),
        (choices(), any::<bool>())
            .prop_map(|(choices, partial)| Body::MultipleChoice(MultipleChoice { choices, partial })),
        any::<bool>().prop_map(|answer| Body::TrueFalse(TrueFalse { answer })),
        (-1e6..1e6f64, 0.0..50.0f64, any::<bool>()).prop_map(|(value, off, relative)| {
            let tolerance = if relative { Tolerance::Relative(off) } else { Tolerance::Absolute(off) };
            Body::Numeric(Numeric { value: Some(value), tolerance })
        }),
        (prop::collection::vec("SECRET[a-zé*]{1,6}", 1..4), any::<bool>(), any::<bool>()).prop_map(
            |(accepted, case_matters, accents_matter)| Body::ShortText(ShortText {
                accepted,
                case_matters,
                accents_matter
            })
        ),
    ]
}

prop_compose! {
    fn quizzes()(
        bodies in prop::collection::vec((body(), 0.5..10.0f64), 1..12),
        draw in prop::option::of(1usize..12),
        shuffle_questions in any::<bool>(),
        shuffle_choices in any::<bool>(),
        pass_mark in 0u32..=100,
    ) -> Quiz {
        let questions = bodies.into_iter().enumerate().map(|(place, (body, points))| Question {
            id: format!("q{place}"),
            prompt: format!("question {place}"),
            points,
            feedback: "SECRET of the question".to_owned(),
            body,
        });
        let settings = Settings { draw, shuffle_questions, shuffle_choices, pass_mark, ..Settings::default() };
        Quiz { questions: questions.collect(), settings, ..Quiz::default() }
    }
}

/// The right answer as a learner would give it.
fn right(question: &Question) -> Response {
    let texts = match &question.body {
        Body::SingleChoice(SingleChoice { choices }) | Body::MultipleChoice(MultipleChoice { choices, .. }) => {
            choices.iter().filter(|choice| choice.correct).map(|choice| choice.id.clone()).collect()
        }
        Body::TrueFalse(truth) => vec![truth.answer.to_string()],
        Body::Numeric(number) => vec![number.value.unwrap_or_default().to_string()],
        Body::ShortText(text) => vec![text.accepted[0].clone()],
    };
    Response(texts)
}

proptest! {
    #[test]
    fn scores_lie_between_nothing_and_everything(
        quiz in quizzes(),
        seed in any::<u64>(),
        given in prop::collection::vec(prop_oneof!["c[0-9]", "true|false", "-?[0-9]{1,4}[,.]?[0-9]?", "\\PC{0,20}"], 0..5),
    ) {
        let sheet = Sheet::draw(&quiz, seed);
        for question in &quiz.questions {
            let score = question.body.kind().score(&Response(given.clone()));
            prop_assert!((0.0..=1.0).contains(&score), "{score} for {given:?} in {question:?}");
            if let Ok(kept) = question.body.kind().accept(&given) {
                // What was kept is accepted again as it is: a reload sends it back.
                prop_assert_eq!(question.body.kind().accept(&kept.0), Ok(kept));
            }
        }
        let marked = Marked::of(&quiz, &sheet, |_| Response(given.clone()));
        prop_assert!((0.0..=1.0).contains(&marked.scaled()) && marked.raw <= marked.max + 1e-9);
        let nothing = Marked::of(&quiz, &sheet, |_| Response::default());
        prop_assert_eq!(nothing.raw, 0.0);
    }

    #[test]
    fn right_answers_earn_everything_and_pass(quiz in quizzes(), seed in any::<u64>()) {
        // A question where nothing is right cannot be published.
        prop_assume!(quiz.questions.iter().all(|question| !right(question).is_empty()));
        let sheet = Sheet::draw(&quiz, seed);
        let marked = Marked::of(&quiz, &sheet, |id| quiz.question(id).map(right).unwrap_or_default());
        prop_assert!((marked.scaled() - 1.0).abs() < 1e-9, "{marked:?}");
        prop_assert_ne!(marked.passed, Some(false));
    }

    #[test]
    fn a_sheet_is_a_drawing_without_repetition_and_the_same_for_the_same_seed(quiz in quizzes(), seed in any::<u64>()) {
        let sheet = Sheet::draw(&quiz, seed);
        prop_assert_eq!(&sheet, &Sheet::draw(&quiz, seed));
        prop_assert_eq!(Sheet::read(&serde_json::to_string(&sheet).unwrap()).unwrap(), sheet.clone());
        let ids: BTreeSet<&str> = sheet.0.iter().map(|drawn| drawn.id.as_str()).collect();
        prop_assert_eq!((ids.len(), sheet.0.len()), (quiz.asked(), quiz.asked()));
        for (drawn, question) in sheet.questions(&quiz) {
            let ids = |asked: Asked| match asked {
                Asked::Options { options, .. } => options.into_iter().map(|option| option.id).collect(),
                _ => Vec::new(),
            };
            let (shown, mut all) = (ids(drawn.asked(question)), ids(question.body.kind().asked()));
            prop_assert_eq!(&shown, &drawn.choices);
            if !quiz.settings.shuffle_choices {
                prop_assert_eq!(&shown, &all);
            }
            let mut sorted = shown;
            sorted.sort();
            all.sort();
            prop_assert_eq!(sorted, all);
        }
        if !quiz.settings.shuffle_questions {
            let places: Vec<usize> = sheet.0.iter().filter_map(|drawn| quiz.place_of(&drawn.id)).collect();
            prop_assert!(places.is_sorted());
        }
    }

    #[test]
    fn what_a_learner_is_sent_tells_nothing(quiz in quizzes(), seed in any::<u64>()) {
        for (drawn, question) in Sheet::draw(&quiz, seed).questions(&quiz) {
            let asked = drawn.asked(question);
            let sent = serde_json::to_string(&asked).unwrap();
            prop_assert!(!sent.contains("SECRET") && !sent.contains("correct") && !sent.contains("accepted"), "{sent}");
            // The same question with another right answer is asked in the same words.
            let mut other = question.clone();
            match &mut other.body {
                Body::SingleChoice(SingleChoice { choices }) | Body::MultipleChoice(MultipleChoice { choices, .. }) => {
                    choices.iter_mut().for_each(|choice| choice.correct = !choice.correct);
                }
                Body::TrueFalse(truth) => truth.answer = !truth.answer,
                Body::Numeric(number) => number.value = Some(-1.0),
                Body::ShortText(text) => text.accepted = vec!["other".to_owned()],
            }
            prop_assert_eq!(asked, drawn.asked(&other));
        }
    }

    #[test]
    fn a_quiz_survives_its_json(quiz in quizzes()) {
        prop_assert_eq!(Quiz::read(&serde_json::to_string(&quiz).unwrap()).unwrap(), quiz);
    }
}

#[test]
fn every_type_can_be_begun_and_says_what_is_missing() {
    for name in NAMES {
        let question = Question::new(name).unwrap();
        assert_eq!(question.body.name(), name);
        assert!(is_id(&question.id));
        assert_eq!(question.problems()[0].code, "quiz-prompt-empty", "{name}");
        let json = serde_json::to_value(&question).unwrap();
        assert_eq!(json["type"], name);
        assert_eq!(serde_json::from_value::<Question>(json).unwrap(), question);
    }
    assert!(Question::new("essay").is_none());
    assert_eq!(Quiz::default().problems()[0].code, "quiz-without-question");
}

#[test]
fn problems_name_their_question() {
    let questions = vec![
        Question { prompt: "?".into(), ..Question::new("true-false").unwrap() },
        Question::new("numeric").unwrap(),
    ];
    let id = questions[1].id.clone();
    let settings = Settings { pass_mark: 120, draw: Some(3), ..Settings::default() };
    let quiz = Quiz { questions, settings, ..Quiz::default() };
    let problems = quiz.problems();
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["quiz-pass-mark-invalid", "quiz-draw-too-many", "quiz-prompt-empty", "quiz-number-missing"]);
    assert_eq!((problems[1].n, &problems[3].question), (Some(2), &Some((1, id))));
}

#[test]
fn nothing_is_shown_before_its_time() {
    let shown =
        |shown: Shown| [Stage::Open, Stage::Confirmed, Stage::Submitted, Stage::Over].map(|stage| shown.reached(stage));
    assert_eq!(shown(Shown::Answered), [false, true, true, true]);
    assert_eq!(shown(Shown::Submitted), [false, false, true, true]);
    assert_eq!(shown(Shown::Over), [false, false, false, true]);
    assert_eq!(shown(Shown::Never), [false; 4]);
}
