home-title = My training
home-hello = Hello { $name }
home-resume = Resume: { $title }
home-due = To do
home-step-of = Required steps: { $done } of { $total }
home-doing = Also under way
home-open = To discover
home-more = { $n ->
    [one] One more course in the catalogue
   *[other] { $n } more courses in the catalogue
}
home-nothing-new = You have opened every course of the catalogue.
home-empty-title = Nothing to follow yet
home-empty-text = The courses open to you will appear here.
home-done = Finished

course-step-of = Step { $step } of { $steps }
course-begun = Begun
course-percent-done = { $percent }% done
course-steps = { $n ->
    [one] 1 step
   *[other] { $n } steps
}
course-completed-on = Finished on { $date }
course-withdrawn-title = This course is no longer in the catalogue
course-withdrawn-text = Those who have begun it may finish it; nobody else can begin it.
course-anew-title = This course has a newer version
course-anew-text = You start again from the beginning. What you had done stays in your record.
course-review = See the course again
course-resume = Resume where you left
course-start = Start
course-progress = Progress
course-time = Time spent
course-score = Result
course-completed = Finished on
course-steps-title = Steps
course-learners = Who has followed this course?
course-published = “{ $title }” is in the catalogue.
course-withdrawn = “{ $title }” is no longer in the catalogue.
percent = { $n }%

catalogue-title = Catalogue
catalogue-lead = The courses you can start whenever you like.
catalogue-empty-title = The catalogue is still empty
catalogue-empty-text = As soon as a course is published, it will appear here.
catalogue-search = Find a course
catalogue-find = Find
catalogue-all = Whole catalogue
catalogue-count = { $n ->
    [0] No course found
    [one] 1 course
   *[other] { $n } courses
}

trainer-title = Courses
trainer-lead = What you have imported, and who follows it.
trainer-import = Import
trainer-empty-title = Import your first course
trainer-empty-text = A SCORM, cmi5 or xAPI package, a video or a sound: Préau reads it and prepares the course.
trainer-count = { $n ->
    [one] 1 course
   *[other] { $n } courses
}
trainer-course = Course
trainer-kind = Kind
trainer-status = Status
trainer-learners = Learners
trainer-learners-of = { $n ->
    [one] 1 learner
   *[other] { $n } learners
}: { $title }
trainer-completed = Finished
trainer-added = Added on
trainer-act = Action
trainer-publish = Publish
trainer-write = Write content
trainer-drafts = Drafts
trainer-draft-saved = saved on { $when }
trainer-untitled = Untitled
trainer-unpublish = Withdraw

kind-scorm12 = SCORM 1.2 module
kind-scorm2004 = SCORM 2004 module
kind-cmi5 = cmi5 module
kind-xapi = xAPI module
kind-video = Video
kind-audio = Audio
kind-page = Page
kind-document = Document
kind-link = Link
kind-quiz = Quiz
kind-sco = Module
kind-asset = Document
kind-au = Module
kind-group = Chapter

error-course-unknown = This course does not exist, or is no longer open.

course-again = Start again
course-attempts = Your attempts
course-attempt = Attempt { $number }
course-attempt-counts = counts towards the result
course-attempt-review = Review
course-attempt-review-of = Review attempt { $number }
course-attempts-left = { $n ->
    [0] You have no attempts left.
    [one] You have one attempt left.
   *[other] You have { $n } attempts left.
}
course-counted-best = your best attempt
course-counted-last = your last attempt
course-counted-first = your first attempt
course-counted-average = the average of your attempts

playing-link = Attempts and display
playing-title = Attempts and display
playing-again = When somebody has finished the course
playing-again-never = They can review it
playing-again-never-hint = Reviewing no longer changes their result. Those who failed can go on.
playing-again-asked = They can start again if they want to
playing-again-asked-hint = The course page offers “Start again”: a new attempt begins at the start.
playing-again-always = They start afresh each time they open it
playing-again-always-hint = For what is done again regularly. An attempt that is under way goes on.
playing-most = Most attempts
playing-most-hint = Leave empty for no limit. With a limit, a finished attempt can no longer be improved; after the last one the course can only be reviewed.
playing-most-wrong = Enter a number from 1 to 99, or leave it empty.
playing-counted = If there are several attempts, the result is
playing-counted-best = That of the best one
playing-counted-best-hint = Who has passed once has passed.
playing-counted-last = That of the last one finished
playing-counted-last-hint = A worse attempt replaces the one before too.
playing-counted-first = That of the first one finished
playing-counted-first-hint = Later ones are practice.
playing-counted-average = The average of all
playing-counted-average-hint = The course is passed as soon as one attempt is.
playing-place = The content opens
playing-place-page = On the page
playing-place-page-hint = With the outline, the saved state and the buttons around it. Right for almost all content.
playing-place-window = In a window of its own
playing-place-window-hint = For content that needs the whole screen or insists on its own window. The page stays open behind it and goes on saving; on a phone it is another tab.
playing-completing = The activity is completed
playing-completing-content = When its content says so
playing-completing-content-hint = The content itself tells the end of the activity. Right for most content.
playing-completing-said = As soon as the content says that one of its parts is completed or passed
playing-completing-said-hint = For content that completes a quiz or a chapter and never the activity.
playing-completing-opened = As soon as it is opened
playing-completing-opened-hint = For content that records nothing.
playing-completing-time = After some time in front of the content
playing-completing-time-hint = The time of all visits is added up. A page left behind another tab does not count.
playing-minutes = Time, in minutes
playing-minutes-hint = Only of use where time completes the activity.
playing-minutes-wrong = Enter a number of minutes from 1 to 480.
playing-objectives = SCORM 2004 objectives may outlive an attempt
playing-objectives-text = If this module shares objectives with other courses, a new attempt finds them as they were.
playing-save = Save
playing-saved = The attempts and the display of “{ $title }” are set. The results of programmes follow in a moment.
error-attempts-one = This course is taken once only. You can review it.
error-attempts-used = You have made all the attempts there are. You can review the course.
error-playing-in-quiz = The attempts of a quiz are set in the quiz itself.
error-attempts-wrong = The number of attempts goes from 1 to { $most }.
