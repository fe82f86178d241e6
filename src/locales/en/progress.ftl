learners-title = Who took this course?
learners-empty-title = Nobody has begun yet
learners-empty-text = As soon as somebody opens the course, you will see here how far they are.
learners-empty-act = Back to the courses
learners-count = { $n ->
    [one] 1 person
   *[other] { $n } people
}
learners-name = Name
learners-unit = Unit
learners-status = Status
learners-progress = Progress
learners-progress-of = Progress of { $name }
learners-score = Score
learners-time = Time spent
learners-last = Last activity
learners-completed = Completed on
learner-steps = Step by step
learner-told = What was recorded
learner-told-empty = Nothing has been recorded yet.
error-registration-unknown = This record does not exist, or is not open to you.

# Answers to the questions
answers-title = Answers to the questions
answers-none = No answer yet
answers-none-text = As soon as a learner has answered a question of this course, you will see here what is understood and what is not.
answers-people = People who answered
answers-people-short = Answered by
answers-times = Answers given
answers-caption = By question, in the order in which they were asked
answers-question = Question
answers-activity = Step
answers-attempt = Attempt
answers-first = First answer
answers-last = Last answer
answers-first-right = First answer right
answers-last-right = Last answer right
answers-latency = Time to answer
answers-latency-seconds = Time to answer (s)
answers-at = Last answered on
answers-seconds = { $seconds } s
answers-given = First answers given
answers-expected = Expected answer: { $answer }
answers-or = {" "}or{" "}
answers-note = Each attempt counts once. Time to answer: half of the first answers took less time, the other half more.
answers-link = Answers to the questions
answers-file = answers
answers-yes = yes
answers-no = no
learners-attempt = attempt { $number }
learners-counts = counts

# Waivers
learner-waive = Waive a step
learner-waive-lead = The person will not have to do the step you choose: it counts as done, and what depends on it moves on too. A waiver cannot be taken back.
learner-waive-step = Step
learner-waive-reason = Reason
learner-waive-yes = Waive this step
learner-waived = The waiver is recorded.
learner-waived-for = Waived: { $reason }
waive-tested-out = Assessment passed in its place
waive-equivalent-unit = Equivalent module of this course completed
waive-equivalent-outside = Equivalent activity completed elsewhere
waive-administrative = Administrative decision
