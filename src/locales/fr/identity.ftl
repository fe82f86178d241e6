# Se connecter, les personnes et leurs droits.
error-sign-in-required = Connectez-vous pour continuer.
error-sign-in-failed = L'identifiant ou le mot de passe n'est pas le bon.
error-token-unknown = Ce jeton d'accès n'est pas connu, ou il a été retiré.
error-scope-missing = Ce jeton d'accès n'a pas le droit « { $scope } ».
error-person-unknown = Cette personne n'existe pas.
error-name-missing = Indiquez un nom (200 caractères au plus).
error-login-invalid = Cet identifiant ne convient pas : pas d'espace, 200 caractères au plus.
error-login-taken = L'identifiant « { $login } » est déjà pris.
error-account-taken = Ce compte désigne déjà une personne.
error-org-unit-invalid = Ce service ne convient pas : écrivez par exemple « Direction des routes/Service entretien ».
