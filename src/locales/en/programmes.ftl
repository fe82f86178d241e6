programme = Programme
programmes-title = Programmes
programmes-lead = Courses put together: before, during and after.
programmes-empty-title = Build your first programme
programmes-empty-text = Give it a title above, then add its steps: courses, videos, pages, documents, links, quizzes.
programmes-count = { $n ->
    [one] 1 programme
   *[other] { $n } programmes
}
programme-new-title = Title of the new programme
programme-new = Create
programme-changed = Unpublished changes
programme-steps = Steps
programme-enrolled = Enrolled
programme-completed = Completed

programme-title = Title of the programme
programme-summary = Introduction
programme-summary-hint = In two sentences: whom it is for, and what they will be able to do.
programme-title-missing = Give the programme a title.
live-idle = Everything is saved as you go
live-saving = Saving…
live-saved = Saved
live-failed = Not saved: reload the page
save = Save
phase-before = Before
phase-before-hint = What prepares: read, discover, find out where you stand.
phase-during = During
phase-during-hint = The main part.
phase-after = After
phase-after-hint = What makes it last: practise, check, go further.
programme-free = Open from the start
programme-after = After “{ $title }”
programme-opens = Opens on { $date }
programme-after-and-opens = Opens on { $date }, after “{ $title }”
programme-required = required
programme-optional = optional
programme-after-label = Opens after
programme-after-none = No step: open from the start
programme-opens-label = Not before
programme-minutes-label = Length, in minutes
programme-required-label = Required to complete
programme-opens-course = { $kind }: “{ $title }”
programme-step-title = Title of the step
programme-step-untitled = Untitled step
programme-step-remove = Remove
programme-step-removed = “{ $title }” was taken out of the programme.
programme-step-restored = “{ $title }” is back in its place.
programme-add = Add a step
programme-what = Course, or part of a course
programme-put = Add
programme-choice-unknown = Nothing is called “{ $what }”, or several things have these words. Choose from the list.
programme-checklist = Before publishing
programme-publish = Publish
programme-publish-first = Once published, the programme is in the catalogue and you can enrol people.
programme-publish-again = Who is enrolled already keeps their version; whoever enrols from now gets this one.
programme-is-published = This version is published. The first change opens a new draft.
programme-discard = Drop the changes
programme-discarded = The unpublished changes were dropped.
programme-withdraw = Take out of the catalogue
programme-withdrawn = “{ $title }” is no longer in the catalogue. Those who have begun it can finish it.
programme-offer = Put back in the catalogue
programme-offered = “{ $title }” is in the catalogue again.
programme-published = “{ $title }” is published.
programme-not-ready = { $n ->
    [one] One point is left to settle before publishing.
   *[other] { $n } points are left to settle before publishing.
}
programme-nothing-new = Nothing has changed since the last published version.
programme-versions = Published versions
programme-version-line = Version { $number }, published on { $date }
programme-version-use = { $running } under way, { $completed } completed
quoted = “{ $text }”
check-fine = Settled
check-open = To settle
check-title = The programme has a title
check-title-todo = Give it a title at the top of the page.
check-steps = There is at least one step
check-steps-todo = Add a step in Before, During or After.
check-published = The courses it uses are published
check-published-todo = First publish the course behind: { $steps }.
check-openable = Every step opens something
check-openable-todo = These steps open nothing any more, replace them: { $steps }.
check-order = No step waits for itself
check-order-todo = These steps wait for each other in a circle, change a condition: { $steps }.

error-programme-unknown = This programme does not exist, or is no longer open.
error-step-unknown = This step is no longer in the programme.
error-step-locked = This step is not open yet. { $reason }.
error-programme-not-published = This programme is not published: nobody can be enrolled yet.
error-target-unknown = This person, unit or space does not exist.
error-rule-unknown = This enrolment does not exist.
error-enrolment-unknown = This enrolment does not exist.

programme-preview = View as a learner
programme-preview-title = Preview
programme-preview-text = This is what a learner sees on the first day. Nothing is recorded.
programme-preview-back = Back to the programme
programme-begin = Begin this programme
programme-begin-with = Begin: { $title }
programme-resume = Resume: { $title }
programme-waits = Nothing to do for now
programme-done-of = { $done } of { $total }
programme-due = Due by the end of { $date }
programme-late = { $n ->
    [one] One day late
   *[other] { $n } days late
}
programme-move = { $n ->
    [one] Move { $n } person to the latest version
   *[other] Move { $n } people to the latest version
}
programme-move-hint = What they have done counts for the steps that are still there.
programme-moved = { $n ->
    [0] Nobody had to change version.
    [one] 1 person now follows the latest version.
   *[other] { $n } people now follow the latest version.
}
programme-people = Enrolled
programme-enrol = Enrol
programme-enrol-act = Enrol
programme-enrol-hint = A unit counts with everything below it. Whoever joins the unit or the space later is enrolled too.
programme-person = A person
programme-unit = A unit
programme-space = A space
programme-none = –
programme-due-label = Due by
programme-due-head = Due
programme-version = Version
programme-not-open = Publish the programme to enrol people.
programme-rules = Enrolled together
programme-rule-unit = { $name }, with everything below it
programme-rule-space = Space { $name }
programme-rule-people = { $n ->
    [one] 1 person
   *[other] { $n } people
}
programme-rule-end = Stop enrolling
programme-rule-ended = { $n ->
    [0] This rule enrols nobody any more.
    [one] This rule enrols nobody any more; 1 enrolment is cancelled.
   *[other] This rule enrols nobody any more; { $n } enrolments are cancelled.
}
programme-nobody-title = Nobody is enrolled yet
programme-nobody-text = Enrol a person, a unit or a space; anybody may also begin from the catalogue.
programme-nobody-named = Say whom to enrol: a person, a unit or a space.
programme-person-unknown = Nobody is called “{ $name }”, or several people are. Choose from the list.
programme-enrolled-done = { $n ->
    [0] Everybody was enrolled already.
    [one] 1 person enrolled.
   *[other] { $n } people enrolled.
}
programme-cancel = Unenrol
programme-cancelled = The enrolment is cancelled.
programme-restored = The enrolment is back.
error-target-ambiguous = Say whom to enrol: a person, a unit or a space, and only one of the three.
error-due-invalid = The due date is no date and time (RFC 3339).
programme-write-new = Write something new: page, document, link or quiz
