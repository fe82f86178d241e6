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
