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
