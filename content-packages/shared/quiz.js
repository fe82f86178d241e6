/**
 * A quiz written as a form: one fieldset a question (`data-question`, `data-answer`), radio buttons, an explanation (`.why`).
 *
 * `answers` restores what a learner had chosen; `onChange(answers)` keeps it; `onAnswered(result)` is told the outcome:
 * `{ score: 0..1, right, total, passed, answers, questions: [{ id, text, given, expected, correct, choices }] }`.
 */
export function openQuiz(form, { answers = {}, onChange = () => {}, onAnswered = () => {} } = {}) {
  const pass = Number(form.dataset.pass ?? 0.8);
  const result = form.querySelector("[data-result]");
  const again = form.querySelector("[data-again]");
  const questions = [...form.querySelectorAll("[data-question]")];

  for (const question of questions) {
    for (const choice of question.querySelectorAll("input")) {
      choice.name = question.dataset.question;
      choice.required = true;
      choice.checked = answers[question.dataset.question] === choice.value;
    }
  }
  form.addEventListener("change", () => onChange(chosen()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const outcome = mark();
    show(outcome);
    onAnswered(outcome);
  });
  again?.addEventListener("click", () => {
    form.reset();
    for (const choice of form.querySelectorAll("input")) choice.checked = false;
    for (const why of form.querySelectorAll(".why")) why.hidden = true;
    result.textContent = "";
    again.hidden = true;
    onChange({});
    form.querySelector("input").focus();
  });

  function chosen() {
    return Object.fromEntries(new FormData(form));
  }
  function mark() {
    const given = chosen();
    const marked = questions.map((question) => ({
      id: question.dataset.question,
      text: question.querySelector("legend").textContent.trim().replace(/\s+/g, " "),
      given: given[question.dataset.question],
      expected: question.dataset.answer,
      correct: given[question.dataset.question] === question.dataset.answer,
      choices: [...question.querySelectorAll(".choice")].map((label) => ({
        id: label.querySelector("input").value,
        text: label.textContent.trim().replace(/\s+/g, " "),
      })),
    }));
    const right = marked.filter((question) => question.correct).length;
    const score = right / marked.length;
    return { score, right, total: marked.length, passed: score >= pass, answers: given, questions: marked };
  }
  function show(outcome) {
    outcome.questions.forEach((question, index) => {
      const why = questions[index].querySelector(".why");
      if (!why) return;
      why.hidden = false;
      why.classList.toggle("right", question.correct);
      why.classList.toggle("wrong", !question.correct);
      why.querySelector("b").textContent = question.correct ? "Bonne réponse" : "À revoir";
    });
    const percent = Math.round(outcome.score * 100);
    const answers = outcome.right < 2 ? "bonne réponse" : "bonnes réponses";
    const verdict = outcome.passed ? "réussi" : "pas encore acquis";
    result.textContent = `${outcome.right} ${answers} sur ${outcome.total} (${percent}\u202f%)\u202f: ${verdict}`;
    result.classList.toggle("right", outcome.passed);
    result.classList.toggle("wrong", !outcome.passed);
    if (again) again.hidden = outcome.passed;
  }
}
