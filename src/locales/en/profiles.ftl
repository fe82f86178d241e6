# xAPI Profiles: what statements must say, and what the check found.
error-xapi-profile-unknown = This profile does not exist, or no longer does.
error-xapi-profile-too-large = The document is larger than { $limit } MiB.
error-xapi-profile-not-json = The document is not readable JSON.
error-xapi-profile-invalid = The document is not a correct xAPI Profile.
error-xapi-profile-missing = Choose the profile's file.

xapi-profiles-title = xAPI Profiles
xapi-profiles-lead = The rules a community gave itself for its statements, and how they are followed here.
xapi-profiles-none = No profile
xapi-profiles-none-text = Load the profile your tools follow: their statements will be checked, yesterday's as well as tomorrow's.
xapi-profiles-caption = Versions loaded
xapi-profiles-what = What is a profile for?
xapi-profiles-what-is = A profile is a document that says how a kind of tool (a video, a simulator, a site visit) tells what learners do: which verbs, which information is required, in which order.
xapi-profiles-what-checked = A statement that names a profile promises to follow it. Préau checks each of them and counts what is missing, rule by rule, with examples to show to the tool's maker.
xapi-profiles-what-kept = Nothing is refused or deleted: a statement that does not follow its profile is kept like the others.
xapi-profiles-what-versions = Several versions of a profile may be loaded. The newest is in force; each statement is checked by the version it names.

xapi-profile = Profile
xapi-profile-state = State
xapi-profile-in-force = In force
xapi-profile-older = Earlier version
xapi-profile-version = Version
xapi-profile-generated = Published
xapi-profile-loaded-at = Loaded
xapi-profile-checked = Checked until
xapi-profile-check-begins = The check is about to begin
xapi-profile-holds = Holds
xapi-profile-verbs = { $n ->
    [one] { $n } verb
   *[other] { $n } verbs
}
xapi-profile-types = { $n ->
    [one] { $n } type
   *[other] { $n } types
}
xapi-profile-extensions = { $n ->
    [one] { $n } extension
   *[other] { $n } extensions
}
xapi-profile-templates = { $n ->
    [one] { $n } template
   *[other] { $n } templates
}
xapi-profile-patterns = { $n ->
    [one] { $n } pattern
   *[other] { $n } patterns
}
xapi-profile-load = Load a profile
xapi-profile-load-act = Load
xapi-profile-file = The profile's document
xapi-profile-file-hint = A JSON file (JSON-LD), 2 MiB at most. A version that is loaded already is replaced.
xapi-profile-loaded = The profile is loaded. The check begins.
xapi-profile-refused = The profile is not loaded
xapi-profile-nothing-kept = Nothing has changed: the profiles loaded before stay in place.
xapi-profile-document = See the document
xapi-profile-check-again = Check everything again
xapi-profile-checking = Everything is being checked again. Reload this page in a moment.
xapi-profile-remove = Remove
xapi-profile-remove-title = Remove this version of the profile?
xapi-profile-remove-text = Its report is deleted with it. The statements stay, and the document can be loaded again. If an earlier version is loaded, it is in force again.
xapi-profile-remove-act = Remove the profile
xapi-profile-keep = Keep it
xapi-profile-removed = The profile is removed.

xapi-profile-report = What the check says
xapi-profile-statements = Statements
xapi-profile-following = Following
xapi-profile-broken = Not following
xapi-profile-unmatched = Without template
xapi-profile-no-statements = No statement names this profile
xapi-profile-no-statements-text = A tool that follows a profile puts the version's address among the categories of its statements. There are none in this period.
xapi-profile-demands = What is not followed
xapi-profile-demands-none = Every rule is followed.
xapi-profile-demand = Rule
xapi-profile-examples = Examples
xapi-profile-object-ref = The object must refer to a statement of one of the templates named.
xapi-profile-context-ref = The context must refer to a statement of one of the templates named.
xapi-profile-extension-place = The extension is in the wrong place: it belongs in "{ $part }".
xapi-profile-extension-schema = The value of the extension does not look as its schema says.
xapi-profile-rule-included = "{ $place }" must be there.
xapi-profile-rule-excluded = "{ $place }" must not be there.
xapi-profile-rule-recommended = "{ $place }" is recommended.
xapi-profile-rule-any = "{ $place }" must have one of these values at least: { $values }.
xapi-profile-rule-all = "{ $place }" may have these values only: { $values }.
xapi-profile-rule-none = "{ $place }" must have none of these values: { $values }.
xapi-profile-unmatched-title = Without template
xapi-profile-unmatched-none = Each statement matches a template, or breaks a rule already.
xapi-profile-unmatched-text = { $n ->
    [one] { $n } statement names the profile and matches none of its templates. This one:
   *[other] { $n } statements name the profile and match none of its templates. Some of them:
}
xapi-profile-order = Order
xapi-profile-order-text = The statements of a registration must come in an order that the profile provides for.
xapi-profile-order-followed = Registrations in order
xapi-profile-order-begun = Registrations under way
xapi-profile-order-broken = Registrations out of order
xapi-profile-order-examples = { $n ->
    [one] The registration out of order:
   *[other] Registrations out of order:
}
xapi-profile-order-long = Registrations too long to be checked
xapi-profile-templates-title = Templates
xapi-profile-template = Template
xapi-profile-others = Other versions loaded
