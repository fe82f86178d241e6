/**
 * The usual course: pages to read, and perhaps a quiz on one of them. Keeps the place, the pages seen and the answers; the lesson is
 * completed when every page was seen, and with a quiz when it was also answered.
 */
import { openBook } from "./book.js";
import { openQuiz } from "./quiz.js";

export function openLesson(sco, { onTurn = () => {}, onAnswered = () => {} } = {}) {
  const form = document.querySelector("form[data-quiz]");
  const notes = { seen: [], answers: {}, quiz: null, ...sco.notes };

  function judge(pages) {
    const read = notes.seen.length === pages;
    if (form) {
      if (notes.quiz && read) sco.status({ completed: true, passed: notes.quiz.passed });
    } else if (read) {
      sco.status({ completed: true });
    }
  }
  const book = openBook({
    start: sco.place,
    onTurn(page, pages) {
      if (!notes.seen.includes(page)) notes.seen.push(page);
      sco.keepNotes(notes);
      sco.keepPlace(page);
      onTurn(notes.seen.length / pages);
      judge(pages);
    },
  });
  if (form) {
    openQuiz(form, {
      answers: notes.answers,
      onChange(answers) {
        notes.answers = answers;
        sco.keepNotes(notes);
      },
      onAnswered(outcome) {
        notes.answers = outcome.answers;
        notes.quiz = { score: outcome.score, passed: outcome.passed };
        sco.keepNotes(notes);
        sco.answered(outcome.questions);
        sco.score(outcome.score);
        onAnswered(outcome);
        judge(book.pages);
      },
    });
  }
  return book;
}
