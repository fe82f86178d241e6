# Signing in, people and their rights.
error-sign-in-required = Sign in to continue.
error-sign-in-failed = The login or the password is not right.
error-token-unknown = This access token is not known, or it has been withdrawn.
error-scope-missing = This access token lacks the right "{ $scope }".
error-person-unknown = This person does not exist.
error-name-missing = Give a name (200 characters at most).
error-login-invalid = This login will not do: no space, 200 characters at most.
error-login-taken = The login "{ $login }" is taken.
error-account-taken = This account already stands for somebody.
error-org-unit-invalid = This unit will not do: write for example "Roads/Maintenance".
error-own-account = You cannot disable your own account.
error-person-without-login = This person has no login: another system sends them here.
error-language-unknown = Préau does not speak this language.
error-password-short = Choose at least { $shortest } characters.
error-password-wrong = This is not your present password.
error-password-long = This password is too long ({ $longest } bytes at most).

sign-in-title = Sign in
sign-in-lead = Find your courses where you left them.
sign-in-act = Sign in
sign-in-fault-title = That did not work
sign-in-help = Forgot your login or password? Ask the training service, they will give you a new one.
signed-out = You are signed out.
login = Login
password = Password
password-show = Show
password-current = Present password
password-new = New password
password-new-hint = At least { $shortest } characters. A sentence you remember will do very well.
password-change = Change the password
password-changed = Your password is changed. Your other devices are signed out.
password-once-title = This password will not be shown again
password-once = Pass it on to { $name }, who can change it under "Me".

me-title = Me
me-account = My account
me-display = Display
me-language = Language
me-language-save = Save the language
me-theme-hint = Automatic follows the setting of your device.
me-password = Password
me-password-lead = Changing it signs your other devices out.

role-learner = Learner
role-trainer = Trainer
role-manager = Manager
role-hr = Human resources
role-administrator = Administrator

people-lead = Who works where, and what each may do.
people-organisation = Organisation
people-no-units = No unit is described. Adding a person with their unit creates it.
people-everybody = The whole organisation
people-search = Name or login
people-search-act = Search
people-search-clear = Show everybody
people-none = Nobody matches
people-none-text = Check the spelling, or search in the whole organisation.
people-back = Back to people
person-name = Name
person-name-hint = First and last name, as they will be shown.
person-login-hint = What they will type to sign in, for example their mail address.
person-unit = Unit
person-unit-hint = From the directorate to the unit, separated by "/". What does not exist is created.
person-roles = Roles
person-acts = Actions
person-acts-of = Actions for { $name }
person-no-login = No login
person-is-disabled = Disabled
person-add = Add a person
person-add-lead = A first password is prepared; it will be shown once.
person-add-act = Add
person-added = { $name } can sign in
person-password-renewed = New password of { $name }
person-renew-password = New password
person-disable = Disable
person-enable = Enable
person-disabled = { $name } can no longer sign in. What this person did is kept.
person-enabled = { $name } can sign in again.

# About whom somebody of human resources reads records
person-records = Choose the units followed
person-records-title = Units followed by { $name }
person-records-lead = The reports and records this person reads. With no unit ticked: everybody.
person-records-units = Units, with all below them
person-records-act = Save
person-records-all = { $name } reads the records of everybody.
person-records-limited = { $n ->
    [one] { $name } reads the records of one unit.
   *[other] { $name } reads the records of { $n } units.
}
error-person-not-hr = This person does not have the role of human resources.
