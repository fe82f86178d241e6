# The frame every page shares.
product = Préau
product-tagline = The training service
skip-to-content = Skip to content
tabs-label = Main navigation
tab-learn = My training
tab-catalogue = Catalogue
tab-spaces = Spaces
tab-manage = Manage
tab-me = Me
manage-courses = Courses
manage-reports = Reports
manage-programmes = Programmes
manage-statements = Records
manage-people = People
manage-spaces = Spaces
manage-lrs = LRS access
manage-webhooks = Webhooks
manage-label = Manage
crumbs-label = You are here
sign-in-link = Sign in
sign-out = Sign out
account-of = Account of { $name }
footer-product = Préau, your organisation's training
footer-components = Components
language-switch = Français
language-switch-label = Afficher en français
theme-label = Appearance
theme-auto = Automatic
theme-light = Light
theme-dark = Dark
theme-now = Appearance: { $theme }
close = Close
undo = Undo
cancel = Cancel
messages-label = Messages
back-home = Back to the start page

# Components
combobox-none = Nothing found
status-todo = To do
status-doing = In progress
status-done = Done
status-passed = Passed
status-failed = Not passed
status-soon = Soon
status-locked = Locked
status-draft = Draft
status-published = Published
status-withdrawn = Withdrawn
progress-label = Progress
pager-label = Pages of results
pager-previous = Previous
pager-next = Next
table-sort = Sort by { $column }
upload-send = Send
upload-sending = Sending
upload-working = Reading the file
upload-done = File received
upload-failed = The file was not accepted.
upload-offline = The connection broke. The file was not received; you can send it again.
upload-cancel = Cancel the upload
upload-cancelled = Upload cancelled. Nothing was kept.
upload-or-drop = or drop it here
upload-needs-js = Sending from this page needs JavaScript. The command “preau import” does the same.
list-up = Move up
list-down = Move down
# The script of the page fills the braces.
list-moved-pattern = {"{"}name{"}"}: place {"{"}place{"}"} of {"{"}count{"}"}

# Dates and durations
date-and-time = { $date } at { $time }
duration-short = less than a minute
ago-now = just now
ago-minutes = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] yesterday
   *[other] { $n } days ago
}
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-1-short = Jan
month-2-short = Feb
month-3-short = Mar
month-4-short = Apr
month-5-short = May
month-6-short = June
month-7-short = July
month-8-short = Aug
month-9-short = Sept
month-10-short = Oct
month-11-short = Nov
month-12-short = Dec
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun

# Error page: what happened, what was kept, the one thing to do.
error-title-not-found = This page does not exist
error-title-forbidden = This page is not for you
error-title-unauthenticated = Sign in to go on
error-title-malformed = The request was not understood
error-title-conflict = This is no longer possible
error-title-unprocessable = This was not accepted
error-title-too-many = Too many attempts
error-title-unavailable = Préau does not answer just now
error-title-internal = Something went wrong
error-kept-read = Nothing was changed.
error-kept-write = Your last action was not saved. Everything saved before it is kept.
error-act-home = Back to the start page
error-act-sign-in = Sign in
error-act-again = Try again
error-reference = If this happens again, give this code to the training service: { $reference }

error-internal = The problem is ours, and it is noted in the log.
error-forbidden = Your account does not have the right that is needed.
error-not-found = The address is wrong, or what it named was withdrawn.
error-blob-missing = A file of this content is missing on the server. An administrator can import it again.
error-malformed = A part of the request is missing or cannot be read.
error-form-unreadable = This form could not be read.
error-unauthenticated = This page needs to know who you are.
error-cross-site-request = The request came from another site and was stopped for safety.
error-payload-too-large = This is larger than Préau accepts.
error-method-not-allowed = This address does not take this kind of request.
error-unsupported-type = This kind of file is not accepted here.
error-unavailable = A part of the service does not answer. This often takes a minute.
error-too-many-attempts = Wait { $minutes } min before you try again.
