//! Quizzes as they are stored and imported, the answers of learners and the forms of trainers.

use preau::quiz::kinds::{Body, NAMES, Response, number_of};
use preau::quiz::model::{Question, Quiz, Settings};
use preau::quiz::sheet::{Marked, Sheet};
use preau::web::Fields;

use super::{Target, outcome, text, texts};

/// The first line is a quiz, the rest a form.
pub const QUIZ: Target = Target {
    name: "quiz",
    run: quiz,
    seeds: || texts(&[CHOICES, OTHERS]),
    words: &[
        "\"type\":\"single-choice\"",
        "\"type\":\"multiple-choice\"",
        "\"type\":\"true-false\"",
        "\"type\":\"numeric\"",
        "\"type\":\"short-text\"",
        "\"choices\":[",
        "\"correct\":true",
        "\"points\":1",
        "\"draw\":1",
        "\"accepted\":[\"*\"]",
        "\"tolerance\":{\"by\":\"relative\",\"of\":1e308}",
        "\"value\":1e308",
        "{}",
        "[]",
        ",",
        "answer=",
        "&",
        "%2A",
        "correct=a",
        "choice=a",
        "1 234,5",
        "1.2.3",
        "\u{2212}",
        "é",
        "e\u{301}",
        "İ",
    ],
    tries: 3_000,
};

const CHOICES: &str = r#"{"introduction":"Bonjour","settings":{"pass_mark":70,"shuffle_questions":true,"draw":1},"questions":[{"id":"q1","prompt":"P","points":2,"type":"single-choice","choices":[{"id":"a","text":"A","correct":true},{"id":"b","text":"B"}]},{"id":"q2","prompt":"P","points":1,"type":"multiple-choice","partial":true,"choices":[{"id":"a","text":"A","correct":true,"feedback":"f"},{"id":"b","text":"B"},{"id":"c","text":"C","correct":true}]}]}
answer=a&answer=c&choice=a&choice=b&choice-text-a=Un&correct=a&points=2&prompt=Q&add-choice=&pass-mark=80&attempts=3"#;

const OTHERS: &str = r#"{"settings":{"pass_mark":50,"feedback":"answered","solutions":"never","minutes":5},"questions":[{"id":"q1","prompt":"P","points":1,"type":"true-false","correct":true},{"id":"q2","prompt":"P","points":0.5,"type":"numeric","value":3.5,"tolerance":{"by":"absolute","of":0.5}},{"id":"q3","prompt":"P","points":1,"type":"short-text","accepted":["Préfecture","pré*ture"],"case_matters":true,"accents_matter":true}]}
answer=3%2C6&value=1%20234&tolerance=5&tolerance-by=relative&accepted=un%0D%0Adeux"#;

fn quiz(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let (document, form) = text.split_once('\n').unwrap_or((text, ""));
    let fields = Fields::read(form.as_bytes());
    let given: Vec<String> = fields.all("answer").into_iter().map(str::to_owned).collect();
    for answer in &given {
        assert!(number_of(answer).is_ok_and(f64::is_finite) || number_of(answer).is_err());
    }
    // A trainer's form makes a question of any type, whatever it holds.
    for name in NAMES {
        let edited = Question::new(name).expect("a type").edited(&fields);
        read_back(&Quiz { settings: Settings::of(&fields), questions: vec![edited], ..Quiz::default() });
    }
    let Ok(quiz) = Quiz::read(document) else { return outcome("unreadable") };
    read_back(&quiz);
    let problems: Vec<&str> = quiz.problems().iter().map(|problem| problem.code).collect();
    let mut answers = Vec::new();
    for question in &quiz.questions {
        let response = question.body.kind().accept(&given).unwrap_or_default();
        if problems.is_empty() {
            let earned = question.earned(&response);
            assert!((0.0..=question.points).contains(&earned), "{earned} of {}", question.points);
        }
        let kind = question.body.kind();
        let (_, _, _, _) =
            (kind.interaction("fr"), kind.response(&response), kind.feedback(&response), kind.solution());
        answers.push((Body::name(&question.body), response.is_empty()));
    }
    // What has no problem can be published, and an attempt at it marked.
    if problems.is_empty() {
        let sheet = Sheet::draw(&quiz, 7);
        assert_eq!(sheet.0.len(), quiz.asked());
        let marked = Marked::of(&quiz, &sheet, |_| Response(given.clone()));
        assert!((0.0..=1.0).contains(&marked.scaled()) && marked.raw <= marked.max + 1e-6, "{marked:?}");
        assert!(sheet.questions(&quiz).all(|(drawn, question)| drawn.asked(question) == drawn.asked(question)));
    }
    outcome((problems, answers))
}

fn read_back(quiz: &Quiz) {
    let stored = serde_json::to_string(quiz).expect("a quiz is JSON");
    let again = Quiz::read(&stored).expect("it reads back");
    assert_eq!(again.questions.len(), quiz.questions.len());
    assert_eq!(again.problems().len(), quiz.problems().len(), "{stored}");
}
