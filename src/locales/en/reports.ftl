me-record = My record: what I followed and completed
report-title = Training report
report-list-title = Enrolments
report-from-to = From { $first } to { $last }
report-as-of = As of { $at }
report-period = Period
report-period-month = This month
report-period-quarter = This quarter
report-period-year = This year
report-period-12-months = Last 12 months
report-period-dates = Exact dates
report-from = From
report-to = To
report-unit = Unit
report-unit-all = All units
report-unit-none = Without a unit
report-unit-own = { $unit }, outside its parts
report-programme = Programme
report-programme-all = All programmes
report-status = Status
report-status-all = Any status
report-open = Not completed
report-show = Show
report-reset = Clear the filters
report-empty-title = No enrolment
report-empty-first = People who are enrolled in a programme will appear here.
report-empty-text = Nobody followed a programme with these filters in this period.
report-figures = At a glance
report-enrolled = Enrolled
report-done = Completed
report-rate = Completion rate
report-rate-short = Rate
report-rate-note = { $n ->
    [0] everybody has completed
    [one] 1 not completed yet
   *[other] { $n } not completed yet
}
report-doing = In progress
report-late = Late
report-median = Median time
report-median-note = from enrolment to completion
report-days = { $n } d
report-by-unit = By unit
report-by-month = Completed by month
report-by-quarter = Completed by quarter
report-by-year = Completed by year
report-by-programme = By programme
report-month = { $month } { $year }
report-quarter = Quarter { $n } of { $year }
report-quarter-short = Q{ $n } { $year }
report-open-list = { $n }: open the list of enrolments, { $what }
report-count = { $n ->
    [one] 1 enrolment
   *[other] { $n } enrolments
}
report-csv = { $n ->
    [one] 1 row
   *[other] { $n } rows
}, CSV
report-xlsx = { $n ->
    [one] 1 row
   *[other] { $n } rows
}, Excel
report-xlsx-too-large = Too many rows for Excel: narrow the filters or take the CSV file.
report-name = Name
report-progress = Progress
report-score = Score
report-created = Enrolled on
report-due = Due on
report-started = Started on
report-completed = Completed on
report-id = Enrolment number
report-yes = yes
report-no = no
report-file = enrolments
report-sheet = Enrolments
report-summary = Summary
report-steps = Step by step
report-phase-before = Before
report-phase-during = During
report-phase-after = After
report-proof = What was recorded
report-attempt = Attempt { $n }
report-statements = All statements
record-title = My training record
record-lead = { $n ->
    [0] Nothing completed yet
    [one] 1 course completed
   *[other] { $n } courses completed
} · { $time } of training
record-empty-title = You have not followed anything yet
record-empty-text = What you follow and complete will be noted here.
record-empty-act = See the catalogue
record-programmes = Programmes
record-courses = Courses
record-course = Course
record-kind = Kind
record-what = Title
record-time = Time spent
record-minutes = Minutes
record-file = training record
error-report-unit-unknown = This unit does not exist, or is not one of yours.
error-report-programme-unknown = This programme does not exist.
error-report-enrolment-unknown = This enrolment does not exist, or is not open to you.
error-report-too-large = An Excel sheet holds at most { $most } rows. Narrow the filters or take the CSV file.
record-attempt = { $title } (attempt { $number })
