# Quizzes: what learners and trainers see.
quiz-true = True
quiz-false = False
quiz-points = { $n ->
    [one] { $figure } point
   *[other] { $figure } points
}
quiz-earned = { $earned } of { $points }
quiz-question-n = Question { $n }
quiz-hint-one = Choose one answer.
quiz-hint-several = More than one answer may be right.
quiz-hint-number = Write a number, without its unit. Example: 12.5
quiz-hint-text = Answer in a few words.
quiz-mark-right = Right answer
quiz-mark-wrong = Your answer
quiz-mark-chosen = Your answer
quiz-given = Your answer:
quiz-given-nothing = none
quiz-verdict-right = Right
quiz-verdict-partly = Partly right
quiz-verdict-wrong = Wrong
quiz-verdict-none = No answer
quiz-solution = Right answer:
quiz-solution-range = { $value } (from { $low } to { $high })

quiz-fact-questions = Questions
quiz-fact-pass-mark = Passed from
quiz-fact-attempts = Attempts left
quiz-fact-time = Time to answer
quiz-attempts-any = as many as you like
quiz-act-begin = Begin
quiz-act-resume = Continue
quiz-act-again = Try again
quiz-preview-note = Preview: your answers go into no training record.
quiz-passed-already = Quiz passed
quiz-passed-already-text = Another attempt takes nothing away: the best one counts.
quiz-no-attempt = No attempt left
quiz-no-attempt-text = You have used all your attempts. Please ask your trainer.
quiz-earlier = Your attempts
quiz-attempt-n = Attempt { $n }

quiz-progress = Questions with an answer
quiz-answered-of = Answered: { $n } of { $total }
quiz-clock-until = Until { $time }
quiz-clock-left = { "{time}" } left
quiz-clock-out = Time is up: your answers are being sent.
quiz-not-saved = Not saved, trying again…
quiz-confirm = Confirm my answer
quiz-previous = Previous
quiz-next = Next
quiz-review = Review
quiz-back = Back
quiz-review-title = Before you finish
quiz-all-answered = Every question has an answer
quiz-all-answered-text = You can still change your answers, then finish.
quiz-missing = { $n ->
    [one] One question has no answer
   *[other] { $n } questions have no answer
}
quiz-missing-text = Without an answer: { $numbers }. You can finish all the same.
quiz-answered = Answered
quiz-unanswered = No answer
quiz-submit = Finish

quiz-score = Score
quiz-result-passed = Quiz passed
quiz-result-failed = Quiz not passed
quiz-result-done = Quiz finished
quiz-needed = { $percent } needed
quiz-passed-stays = You have passed this quiz before: that stays.
quiz-leave = Done
quiz-to-start = See my attempts
quiz-left = { $n ->
    [0] You have no attempt left.
    [one] You have one attempt left.
   *[other] You have { $n } attempts left.
}
quiz-solutions-later = The right answers are shown once the quiz is passed or no attempt is left.
quiz-tells-nothing = This quiz does not show how each question went.

# Writing a quiz
quiz-title = Title of the quiz
quiz-untitled = Untitled quiz
quiz-questions = Questions
quiz-add = Add a question
quiz-kind-single-choice = One answer
quiz-kind-multiple-choice = Several answers
quiz-kind-true-false = True or false
quiz-kind-numeric = A number
quiz-kind-short-text = A few words
quiz-prompt-missing = Question to write
quiz-to-mend = To complete
quiz-duplicate = Duplicate
quiz-remove = Remove
quiz-actions = Actions
quiz-no-question = No question yet
quiz-no-question-text = Add a first question below.
quiz-settings = Settings
quiz-introduction = Introduction
quiz-introduction-hint = Shown before it begins. Optional.
quiz-judged = Passing
quiz-judged-yes = A minimum score is needed to pass
quiz-judged-no = No minimum score: answering is enough
quiz-pass-mark = Minimum score, in %
quiz-attempts = Number of attempts
quiz-attempts-hint = Leave empty for no limit. The best attempt counts: a worse one does not take a pass away.
quiz-minutes = Time to answer, in minutes
quiz-minutes-hint = Leave empty for no limit.
quiz-order = Order
quiz-shuffle-questions = Shuffle the questions
quiz-shuffle-choices = Shuffle the choices
quiz-draw = Number of questions drawn
quiz-draw-hint = Leave empty to ask every question.
quiz-shown-feedback = Show whether it is right, with the comments
quiz-shown-solutions = Show the right answers
quiz-shown-answered = after each question
quiz-shown-submitted = at the end of the attempt
quiz-shown-over = after a pass or the last attempt
quiz-shown-never = never
quiz-save = Save
quiz-check = Before publishing
quiz-check-ready = Everything is ready
quiz-check-ready-text = Learners see this version the next time they begin. Those who have begun keep theirs.
quiz-check-problems = { $n ->
    [one] One thing to settle before publishing
   *[other] { $n } things to settle before publishing
}
quiz-publish = Publish
quiz-publish-again = Publish the new version
quiz-published = The quiz “{ $title }” is published.
quiz-see = See as a learner
quiz-results-link = Results
quiz-moved = Question moved.
quiz-duplicated = Question duplicated.
quiz-removed = Question { $n } removed.
quiz-restored = The question is back.
quiz-saved = Saved
quiz-saving = Saving…
quiz-save-failed = Not saved, trying again…
quiz-conflict = Changed elsewhere meanwhile: reload the page to see the latest version.
quiz-saved-flash = The quiz is saved.
quiz-up = Move up
quiz-down = Move down
quiz-moved-pattern = { "{name}" }: place { "{place}" } of { "{count}" }

quiz-field-prompt = Question
quiz-field-prompt-hint = What the learner reads.
quiz-field-points = Points
quiz-field-feedback = Comment
quiz-field-feedback-hint = Shown with the result, whatever the answer. Optional.
quiz-field-choices = Choices
quiz-field-choice-n = Choice { $n }
quiz-field-choice-feedback = Comment if this choice is ticked (optional)
quiz-field-correct = Right answer
quiz-choice-add = Add a choice
quiz-choice-remove = Remove choice { $n }
quiz-field-partial = Give a part of the points when a part of the choices is right
quiz-field-partial-hint = A wrong choice takes its part away; never less than zero.
quiz-field-truth = The sentence is
quiz-field-value = Expected number
quiz-field-value-hint = Without its unit: write the unit in the question. Example: 12.5
quiz-field-tolerance = Accepted difference
quiz-field-tolerance-hint = 0: exactly this number.
quiz-field-tolerance-by = Difference counted
quiz-tolerance-absolute = more or less
quiz-tolerance-relative = in % of the number
quiz-field-accepted = Accepted answers
quiz-field-accepted-hint = One a line. A star * stands for anything: extinguisher* accepts “extinguisher with powder”.
quiz-field-case = Capitals count
quiz-field-accents = Accents count
quiz-back-to-questions = Back to the questions
quiz-next-question = Next question

quiz-preview-title = Preview
quiz-preview-text = As a learner, with your settings. Nothing is saved.
quiz-preview-check = See the result
quiz-preview-again = Try again

quiz-results-title = Results
quiz-results-none = No attempt yet
quiz-results-none-text = Results appear here as soon as a learner has finished an attempt.
quiz-results-people = People
quiz-results-attempts = Finished attempts
quiz-results-mean = Mean score
quiz-results-passed = Have passed
quiz-results-caption = By question
quiz-results-question = Question
quiz-results-asked = Asked
quiz-results-answered = Answered
quiz-results-rate = Points earned
quiz-results-given = Answers given
quiz-results-times = { $n ->
    [one] once
   *[other] { $n } times
}
quiz-results-old = Question of an earlier version

# What is left to settle
quiz-problem-without-question = The quiz has no question yet.
quiz-problem-questions-too-many = A quiz has at most { $n } questions.
quiz-problem-question-id = Two questions have the same identifier: duplicate one and remove the old one.
quiz-problem-prompt-empty = Write the question.
quiz-problem-text-too-long = A text is too long.
quiz-problem-points-invalid = Give more than 0 and at most { $n } points.
quiz-problem-choices-too-few = Give at least two choices.
quiz-problem-choices-too-many = Give at most { $n } choices.
quiz-problem-choice-empty = A choice is empty.
quiz-problem-choice-id = Two choices have the same identifier: remove one of them.
quiz-problem-choice-twice = Two choices say the same.
quiz-problem-choice-none-correct = Tick the right answer.
quiz-problem-choice-several-correct = Tick one right answer only.
quiz-problem-number-missing = Write the expected number.
quiz-problem-tolerance-invalid = The accepted difference is a number, 0 or more.
quiz-problem-accepted-missing = Write at least one accepted answer.
quiz-problem-accepted-too-many = Give at most { $n } accepted answers.
quiz-problem-accepted-too-long = An accepted answer has at most { $n } characters.
quiz-problem-accepted-anything = A star alone would accept anything.
quiz-problem-pass-mark-invalid = The minimum score goes from 1 to 100%.
quiz-problem-attempts-invalid = Give at most { $n } attempts, or leave it empty.
quiz-problem-minutes-invalid = Give at most { $n } minutes, or leave it empty.
quiz-problem-draw-too-many = There are only { $n } questions to draw.

# Refusals
error-quiz-only-looking = You are looking at this quiz again: nothing can be changed.
error-quiz-no-attempt-left = You have used all your attempts.
error-quiz-attempt-ended = This attempt has ended: its answers can no longer change.
error-quiz-attempt-unknown = There is no such attempt.
error-quiz-time-over = Time is up.
error-quiz-question-unknown = This attempt has no such question.
error-quiz-answer-unknown-choice = There is no such choice.
error-quiz-answer-one-choice = Only one answer is possible.
error-quiz-answer-has-unit = Write the number alone, without unit or symbol.
error-quiz-answer-not-a-number = Write a number, for example 12.5.
error-quiz-answer-too-long = This answer is too long.
error-quiz-kind-unknown = There is no such type of question.
error-quiz-not-ready = This quiz is not ready to be published.
error-quiz-question-changed = This question was changed elsewhere meanwhile.
error-quiz-questions-too-many = A quiz has at most { $n } questions.
quiz-open = Visible to everybody in the catalogue
quiz-open-hint = Otherwise only in the programmes that use it.
quiz-published-note = Published; what was changed since stays in the draft until it is published again.
