# xAPI statements: the administrators' page and the refusals of /xapi/
statements-title = Learning records
statements-lead = Everything that was recorded, newest first. Each line opens to its proof.
statements-person = Person
statements-activity = Course or activity
statements-verb = Action
statements-verb-any = All
statements-since = From
statements-until = To
statements-registration = Registration
statements-filter = Filter
statements-clear = Clear the filters
statements-which = Several answers are possible: which one?
statements-empty = Nothing has been recorded yet
statements-empty-text = As soon as somebody opens a course, what they do appears here.
statements-none = No record matches
statements-none-text = Widen the period or remove a filter.
statements-proof = Show the proof
statements-json = xAPI statement (JSON)
statements-id = Identifier
statements-same-activity = Everything about this activity

error-statement-id-repeated = Two statements of the request have the same identifier.
error-statement-conflict = Another statement has this identifier already.
error-statement-number-taken = The record could not be written. Try again.
error-batch-too-large = A batch holds more than { $most } statements; send them in several.
error-statement-too-large = A statement is larger than accepted ({ $size }).
error-statement-one = Only one statement can be sent this way.
error-statement-id-differs = The identifier of the statement is not that of the request.
error-statement-invalid = The statement does not conform to xAPI.
error-statement-not-json = What was sent is not readable JSON.
error-statement-unknown = There is no such statement.
error-attachments-too-large = The attachments together exceed the accepted size ({ $limit } MiB).
error-attachment-encoding = An attachment must be sent as it is (encoding “binary”).
error-attachment-hash-wrong = The content of an attachment does not match its digest.
error-attachment-header-missing = An attachment lacks the header { $header }.
error-attachment-unnamed = An attachment is announced by no statement.
error-multipart-boundary = The content type does not say what separates the parts.
error-multipart-malformed = The parts of what was sent cannot be read.
error-multipart-too-many-parts = There are more than { $most } attachments.
error-statements-first = The first part must be the statements, as JSON.
error-content-type = This type of content is not accepted here.
error-parameter-missing = The parameter { $name } is missing.
error-parameter-wrong = The value of the parameter { $name } does not fit.
error-parameter-unknown = The parameter { $name } is unknown.
error-parameter-repeated = The parameter { $name } is given twice.
error-parameters-too-many = The request carries more than { $most } parameters.
error-document-unknown = There is no such document.
error-document-changed = The document has changed in the meantime.
error-document-condition-missing = This document exists already: say on which version your change is based.
error-profile-condition-missing = A profile is sent with the version it is based on, or with the wish to create it.
error-document-not-json = Only two JSON documents can be merged.
error-version-unsupported = The xAPI version is missing or unknown.
error-alternate-syntax = The request in form syntax cannot be read.
error-credential-missing = This request must carry a key and its secret.
error-credential-unknown = The key or the secret is not valid.
error-outside-launch = This content may speak only of the person and the registration it was opened for.
error-cmi5-rule = This content breaks rule { $requirement } of cmi5.
error-launch-may-not-void = Learning content may not void statements.
error-resource-unknown = There is no such resource.
error-body-unreadable = The request was interrupted.
error-scope-unknown = The right { $scope } does not exist.

# Taking statements along, and bringing in those of another system
statements-csv = Download the table (CSV)
statements-ndjson = Download the statements (NDJSON)
statements-file = Statements
statements-stored = Stored on
statements-happened = Done on
statements-sentence = What happened
statements-person-id = Identifier of the person
statements-activity-id = Identifier of the activity
statements-scaled = Score
statements-raw = Points
statements-success = Passed
statements-completion = Completed
statements-duration = Duration
statements-authority = Source
statements-yes = yes
statements-no = no
imports-link = Imports
imports-title = From another system
imports-lead = Bring in the statements of another LRS: an NDJSON file, one statement a line. What is here already is not stored twice.
imports-choose = Choose a file of statements
imports-limit = Up to { $limit }
imports-before = Files brought in before
imports-none = No file has been brought in yet.
imports-added = { $count ->
    [0] no new statement
    [one] 1 new statement
   *[other] { $count } new statements
}
imports-refused = { $count ->
    [one] 1 line refused
   *[other] { $count } lines refused
}
imports-received = The file has arrived; its statements are being brought in.
imports-running = The import is under way. You can leave this page.
imports-left = About { $time } left.
imports-progress = Progress of the import
imports-queued = The import is about to begin. You can leave this page.
imports-done = Import finished
imports-failed = The import was interrupted
imports-stopped = The import is stopped
imports-kept = What was brought in is kept; the rest can go on where it was.
imports-lines = Lines read
imports-new = New statements
imports-known = Here already
imports-not-taken = Lines refused
imports-cancel = Stop
imports-resume = Go on
imports-cancelled = The import is stopped.
imports-resumed = The import goes on.
imports-problems = Lines refused
imports-line = Line { $line }
imports-untold = { $count ->
    [one] One more line was refused.
   *[other] { $count } more lines were refused.
}
statement-origin = From another system
statement-origin-file = File
statement-origin-stored = Recorded there
statement-origin-authority = Authority there
error-import-unknown = There is no such import.
error-import-ended = This import has ended.
error-import-stopped = The import stopped before its end. The same command goes on where it was.
error-import-under-way = The same file is being brought in. Try again.
error-import-too-large = The file exceeds the accepted size ({ $limit } MiB).
error-import-id-missing = The statement has no identifier: it would be stored again each time it is brought in.

# Sending on to another LRS
forwards-link = Forwarding
forwards-title = Sent on to other systems
forwards-lead = Statements stored here leave, in their order, for the LRSs you name. What does not arrive is sent again, later each time, until the system answers.
forwards-none = Nothing is sent on to another system.
forwards-everything = all statements
forwards-sent = { $count ->
    [0] nothing sent
    [one] 1 statement sent
   *[other] { $count } statements sent
}
forwards-skipped = { $count ->
    [one] 1 refused by the receiver
   *[other] { $count } refused by the receiver
}
forwards-is-paused = Paused
forwards-under-way = On its way
forwards-up-to-date = Up to date
forwards-behind = { $time } behind
forwards-behind-days = { $n ->
    [one] One day behind
   *[other] { $n } days behind
}
forwards-oldest = the first that waits is of { $at }
forwards-next = next try on { $at }
forwards-status = The receiver answered { $status }
forwards-add = Add a system
forwards-add-act = Add
forwards-name = Name
forwards-name-missing = Give this system a name.
forwards-url = Address of the LRS
forwards-url-hint = The one below which its xAPI resources are. For example: https://lrs.example.fr/xapi
forwards-login = Key
forwards-login-missing = Give the key, without a colon, and the secret that this LRS gave you.
forwards-secret = Secret
forwards-version = Version spoken
forwards-activity = Course or activity (IRI)
forwards-activity-hint = Leave it empty for all activities.
forwards-activity-wrong = Write the whole identifier (IRI) of the activity.
forwards-from-now = From now on only
forwards-from-now-hint = Otherwise everything leaves, from the beginning.
forwards-added = The statements leave for this system.
forwards-pause = Pause
forwards-paused = Sending is paused.
forwards-resume = Go on
forwards-resumed = Sending goes on where it was.
forwards-remove = Remove
forwards-remove-title = Remove this system?
forwards-remove-text = Nothing more will be sent to it, and nobody will know any more how far the sending had come. What it received stays there.
forwards-remove-act = Remove the system
forwards-keep = Keep
forwards-removed = Nothing more is sent to this system. What it received stays there.
error-forward-unknown = This system is not in the list.

# How long statements are kept
retention-link = Retention
retention-title = How long statements are kept
retention-lead = What tools recorded can be removed after a time, rule by rule. A rule does nothing until you have seen what it would remove.
retention-stays = What is never removed
retention-stays-text = What belongs to an enrolment in a course or a programme, what Préau wrote itself, statements that were voided, that are about another one or are mentioned by one, and those that forwarding, where it is on, has still to send.
retention-none = No rule: everything is kept.
retention-everything = all statements
retention-after = { $n ->
    [one] kept for a day
   *[other] kept for { $n } days
}
retention-count = { $n ->
    [0] Nothing removed yet
    [one] 1 statement removed
   *[other] { $n } statements removed
}
retention-last = last run on { $at }
retention-given-up = rule removed on { $at }
retention-is-on = On
retention-is-off = Off
retention-past = Removed rules
retention-add = Add a rule
retention-add-act = See what it would remove
retention-name = Name
retention-name-hint = For example: Driving simulator, two years
retention-name-missing = Give this rule a name.
retention-days = Days kept
retention-days-hint = Counted from the moment of storing here. At least 30.
retention-days-wrong = Give a number of days, from 30 to 36,500.
retention-sender = Written by
retention-sender-any = All tools
retention-activity = Course or activity (IRI)
retention-activity-hint = Leave it empty for all activities.
retention-activity-wrong = Write the whole identifier (IRI) of the activity.
retention-added = The rule is ready. Nothing is removed while it is off.
retention-foreseen = What it would remove today
retention-would = { $n ->
    [0] Nothing: no statement is both old enough and unprotected.
    [one] 1 statement.
   *[other] { $n } statements.
}
retention-oldest = The oldest
retention-newest = The newest
retention-list = See the statements the rule is about that are old enough, protected or not
retention-on-text = Each night the rule removes what has become old enough.
retention-off-text = Removal will begin next night and is for good.
retention-switch-on = Switch the rule on
retention-switched-on = The rule is on: it will begin next night.
retention-switch-off = Switch the rule off
retention-switched-off = The rule is off: nothing more is removed.
retention-done = What it removed
retention-days-caption = Statements removed, day by day
retention-statements = Number
retention-change = Change the rule
retention-change-text = Changing the rule switches it off, so that you see what the new one would remove.
retention-change-act = Save and see
retention-changed = The rule is changed and off. See what it would remove before you switch it on again.
retention-remove = Remove the rule
retention-remove-title = Remove this rule?
retention-remove-text = It will remove nothing more. What it removed does not come back; how much that was stays shown.
retention-remove-act = Remove the rule
retention-keep = Keep
retention-removed = The rule is removed. It deletes nothing more.
error-retention-unknown = This rule is not in the list.
error-retention-changed = The rule was changed in the meantime. See what it would remove now.

# Erasing a person
erasure-title = Erase the person
erasure-of = Erase { $name }?
erasure-lead = There is no way back.
erasure-goes = What goes
erasure-goes-person = Their name, address, access and place in spaces.
erasure-goes-words = Their answers in writing and the files attached, in the statements they made.
erasure-goes-enrolments = The enrolments that a rule gave them and that they have not completed, as for anybody who leaves.
erasure-goes-documents = What courses and tools kept about them: where to resume, states, profiles.
erasure-goes-signatures = The signature of signed statements that name them: it holds the original text, and would not hold for the new one.
erasure-stays = What stays
erasure-stays-learnt = What they learnt, without saying who it was: results, answers to quizzes and completed programmes are still counted in reports.
erasure-stays-others = What others wrote about them in plain words, in a title, a message or an answer: it has to be looked for and mended by hand.
erasure-stays-elsewhere = What has already left: to the systems that receive statements, in exports and in backups.
erasure-act = Erase for ever
erasure-keep = Erase nothing
erasure-begun = They are shut out; their data is being erased.
error-erasure-own = Nobody can erase themselves: ask another administrator.
erasures-title = Erasures
erasures-lead = People who were erased, by the pseudonym that stands for them in statements.
erasures-none = Nobody has been erased.
erasures-asked = Asked for by { $name } on { $at }
erasures-statements = { $count ->
    [0] no statement rewritten
    [one] 1 statement rewritten
   *[other] { $count } statements rewritten
}
erasures-files = { $count ->
    [0] no file removed
    [one] 1 file removed
   *[other] { $count } files removed
}
erasures-documents = { $count ->
    [0] no document removed
    [one] 1 document removed
   *[other] { $count } documents removed
}
erasures-under-way = Under way
erasures-done = Finished on { $at }

# Access to the records (/admin/lrs)
credentials-lead = The tools that read or write records, by keys or tokens, at
credentials-none = No tool has access yet
credentials-none-text = Make an access for a dashboard, another LRS or an authoring tool.
credentials-caption = Accesses, the latest first
credential-add = Create an access
credential-add-act = Create the access
credential-name = Name of the tool
credential-name-hint = The tool vouches for its statements under this name.
credential-name-missing = Give the tool a name.
credential-scheme = Way of access
credential-scheme-basic = Key and secret
credential-scheme-basic-hint = Basic authentication, which most xAPI tools ask for.
credential-scheme-bearer = Token
credential-scheme-bearer-hint = OAuth 2, header “Authorization: Bearer”.
credential-scopes = Rights
credential-scopes-missing = Tick at least one right.
credential-scope-statements-write = Write statements
credential-scope-statements-read-mine = Read its own statements
credential-scope-statements-read = Read all statements
credential-scope-state = Read and write states
credential-scope-profile = Read and write profiles
credential-scope-define = Add to what is known of activities and people
credential-scope-all-read = Read everything
credential-scope-all = Everything
credential-last-used = Last use
credential-never = Never
credential-requests = Requests in { $n } days
credential-state = State
credential-is-open = Open
credential-is-revoked = Revoked
credential-revoked-text = This access has been closed since { $at }. What the tool wrote stays.
credential-previous-title = The old secret is still accepted
credential-previous-text = The old secret is valid until { $until }.
credential-key = Key
credential-secret = Secret
credential-token = Token
credential-endpoint = Address
credential-oauth = OAuth 2 tokens
credential-created = Created
credential-written = Statements
credential-written-open = See what this tool wrote
credential-use = Use
credential-unused = Nothing in the last 30 days.
credential-use-caption = Requests a day, last 30 days
credential-day = Day
credential-reads = Reads
credential-writes = Writes
credential-refused = Refused
credential-rate = Limit
credential-rate-field = Limit, in requests a second
credential-rate-hint = Empty: the limit of the installation. 0: no limit.
credential-rate-act = Change the limit
credential-rate-set = The limit is changed.
credential-rotate = Secret
credential-rotate-text = A new secret replaces that of the tool, for example when somebody who knows it leaves. The key and the rights do not change.
credential-goes-on = The old secret stays valid for 24 hours, time to change the settings of the tool
credential-rotate-act = Make a new secret
credential-made = The access of { $name } is created
credential-rotated = New secret of { $name }
credential-once-title = Copy it now
credential-once = The secret of { $name } will not be shown again. The server keeps only its digest.
credential-kept = The secret is copied
credential-revoke = Revoke
credential-revoke-title = Revoke this access?
credential-revoke-text = The tool is shut out, at once and for good. What it wrote stays. To let it in again, another access has to be created.
credential-revoke-act = Revoke the access
credential-revoked = The access of { $name } is revoked.
error-credential-not-found = There is no such access, or it was revoked.
error-rate-invalid = A limit is a whole number from 0 to { $most }.
error-too-many-requests = Too many requests in a short time. Try again in { $seconds } s.

# A statement, and its voiding
statements-order = Order
statements-newest = Newest first
statements-oldest = Oldest first
statements-more-filters = More filters
statements-verb-iri = Action, by its IRI
statements-related-agents = The person named in any part (instructor, team, authority)
statements-only-activity = The activity alone, without what belongs to it
statements-live = Live
statements-live-on = New records appear by themselves.
statements-live-off = Paused.
statements-live-full = Many new records: reload the page to go on.
statements-live-one = 1 new record.
statements-live-many = { $n } new records.
statements-pause = Pause
statements-resume = Resume
statements-open = Open this statement
statements-limited = You see the records of the people of: { $units }.
statement-title = Statement
statement-occurred = When it happened
statement-stored = Recorded
statement-authority = Authority
statement-files = Attachments
statement-file-elsewhere = At its original address
statement-file-missing = Not sent with the statement
statement-is-voided = Voided
statement-voided-text = { $name } voided this statement on { $at }.
statement-voided-reason = Reason: { $reason }
statement-void = Void this statement
statement-void-title = Void this statement?
statement-void-text = A voided statement counts no more: neither in results nor in reports. It can still be read here. A voiding cannot be undone.
statement-void-reason = Reason
statement-void-reason-hint = It is recorded with the voiding, under your name.
statement-void-act = Void the statement
statement-void-keep = Keep it
statement-voided = The statement is voided.
statement-void-reason-missing = Give the reason.
error-statement-voided-already = This statement is voided already.
error-statement-is-voiding = A voiding cannot be voided.
