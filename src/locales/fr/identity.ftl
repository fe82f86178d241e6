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
error-own-account = Vous ne pouvez pas désactiver votre propre compte.
error-person-without-login = Cette personne n'a pas d'identifiant : un autre système l'envoie ici.
error-language-unknown = Préau ne parle pas cette langue.
error-password-short = Choisissez au moins { $shortest } caractères.
error-password-wrong = Ce n'est pas votre mot de passe actuel.
error-password-long = Ce mot de passe est trop long ({ $longest } octets au plus).

sign-in-title = Se connecter
sign-in-lead = Retrouvez vos formations là où vous les avez laissées.
sign-in-act = Se connecter
sign-in-fault-title = La connexion n'a pas abouti
sign-in-help = Identifiant ou mot de passe oublié ? Adressez-vous au service de formation, qui vous en donnera un nouveau.
signed-out = Vous êtes déconnecté.
login = Identifiant
password = Mot de passe
password-show = Afficher
password-current = Mot de passe actuel
password-new = Nouveau mot de passe
password-new-hint = Au moins { $shortest } caractères. Une phrase dont vous vous souvenez convient très bien.
password-change = Changer le mot de passe
password-changed = Votre mot de passe est changé. Vos autres appareils sont déconnectés.
password-once-title = Ce mot de passe ne sera plus montré
password-once = Transmettez-le à { $name }, qui pourra le changer dans « Moi ».

me-title = Moi
me-account = Mon compte
me-display = Affichage
me-language = Langue
me-language-save = Enregistrer la langue
me-theme-hint = Automatique suit le réglage de votre appareil.
me-password = Mot de passe
me-password-lead = Le changer déconnecte vos autres appareils.

role-learner = Apprenant
role-trainer = Formateur
role-manager = Manager
role-hr = Ressources humaines
role-administrator = Administrateur

people-lead = Qui travaille où, et ce que chacun peut faire.
people-organisation = Organisation
people-no-units = Aucun service n'est décrit. Ajouter une personne avec son service le crée.
people-everybody = Toute l'organisation
people-search = Nom ou identifiant
people-search-act = Chercher
people-search-clear = Voir tout le monde
people-none = Personne ne correspond
people-none-text = Vérifiez l'orthographe, ou cherchez dans toute l'organisation.
people-back = Revenir aux personnes
person-name = Nom
person-name-hint = Prénom et nom, tels qu'ils seront affichés.
person-login-hint = Ce qu'elle tapera pour se connecter, par exemple son adresse de messagerie.
person-unit = Service
person-unit-hint = De la direction au service, séparés par « / ». Ce qui n'existe pas est créé.
person-roles = Rôles
person-acts = Actions
person-acts-of = Actions pour { $name }
person-no-login = Sans identifiant
person-is-disabled = Désactivé
person-add = Ajouter une personne
person-add-lead = Un premier mot de passe est préparé ; il sera montré une seule fois.
person-add-act = Ajouter
person-added = { $name } peut se connecter
person-password-renewed = Nouveau mot de passe de { $name }
person-renew-password = Nouveau mot de passe
person-disable = Désactiver
person-enable = Réactiver
person-disabled = { $name } ne peut plus se connecter. Ce que cette personne a fait est gardé.
person-enabled = { $name } peut de nouveau se connecter.

# De qui une personne des ressources humaines lit les enregistrements
person-records = Choisir les services suivis
person-records-title = Services suivis par { $name }
person-records-lead = Les rapports et les enregistrements que cette personne lit. Sans service coché : tout le monde.
person-records-units = Services, avec tout ce qui en dépend
person-records-act = Enregistrer
person-records-all = { $name } lit les enregistrements de tout le monde.
person-records-limited = { $n ->
    [one] { $name } lit les enregistrements d'un service.
   *[other] { $name } lit les enregistrements de { $n } services.
}
error-person-not-hr = Cette personne n'a pas le rôle des ressources humaines.
