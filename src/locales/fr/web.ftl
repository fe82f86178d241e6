# Le cadre commun à toutes les pages.
product = Préau
product-tagline = Le service de formation
skip-to-content = Aller au contenu
tabs-label = Navigation principale
tab-learn = Ma formation
tab-catalogue = Catalogue
tab-spaces = Espaces
tab-manage = Gérer
tab-me = Moi
manage-courses = Formations
manage-programmes = Programmes
manage-statements = Traces
manage-reports = Bilan
manage-people = Personnes
manage-spaces = Espaces
manage-lrs = Accès au LRS
manage-webhooks = Webhooks
manage-label = Gérer
crumbs-label = Fil d'Ariane
sign-in-link = Se connecter
sign-out = Se déconnecter
account-of = Compte de { $name }
footer-product = Préau, la formation de votre organisation
footer-components = Composants
language-switch = English
language-switch-label = Display in English
theme-label = Apparence
theme-auto = Automatique
theme-light = Claire
theme-dark = Sombre
theme-now = Apparence : { $theme }
close = Fermer
undo = Annuler
cancel = Annuler
messages-label = Messages
back-home = Revenir à l'accueil

# Composants
combobox-none = Aucun résultat
status-todo = À faire
status-doing = En cours
status-done = Terminé
status-passed = Réussi
status-failed = Non réussi
status-soon = Bientôt
status-locked = Verrouillé
status-draft = Brouillon
status-published = Publié
status-withdrawn = Retiré
progress-label = Progression
pager-label = Pages de résultats
pager-previous = Précédents
pager-next = Suivants
table-sort = Trier par { $column }
upload-send = Envoyer
upload-sending = Envoi en cours
upload-working = Lecture du fichier
upload-done = Fichier reçu
upload-failed = Le fichier n'a pas été accepté.
upload-offline = La connexion s'est interrompue. Le fichier n'a pas été reçu ; vous pouvez le renvoyer.
upload-cancel = Annuler l'envoi
upload-cancelled = Envoi annulé. Rien n'a été gardé.
upload-or-drop = ou déposez-le ici
upload-needs-js = L'envoi par cette page demande JavaScript. La commande « preau import » fait la même chose.
list-up = Monter
list-down = Descendre
# Le script de la page remplit les accolades.
list-moved-pattern = {"{"}name{"}"} : place {"{"}place{"}"} sur {"{"}count{"}"}

# Dates et durées
date-and-time = { $date } à { $time }
duration-short = moins d'une minute
ago-now = à l'instant
ago-minutes = { $n ->
    [one] il y a { $n } minute
   *[other] il y a { $n } minutes
}
ago-hours = { $n ->
    [one] il y a { $n } heure
   *[other] il y a { $n } heures
}
ago-days = { $n ->
    [one] hier
   *[other] il y a { $n } jours
}
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
month-1-short = janv.
month-2-short = févr.
month-3-short = mars
month-4-short = avr.
month-5-short = mai
month-6-short = juin
month-7-short = juil.
month-8-short = août
month-9-short = sept.
month-10-short = oct.
month-11-short = nov.
month-12-short = déc.
weekday-1 = lun.
weekday-2 = mar.
weekday-3 = mer.
weekday-4 = jeu.
weekday-5 = ven.
weekday-6 = sam.
weekday-7 = dim.

# Page d'erreur : ce qui s'est passé, ce qui est gardé, la seule chose à faire.
error-title-not-found = Cette page n'existe pas
error-title-forbidden = Cette page n'est pas pour vous
error-title-unauthenticated = Connectez-vous pour continuer
error-title-malformed = La demande n'a pas été comprise
error-title-conflict = Cela n'est plus possible
error-title-unprocessable = Cela n'a pas été accepté
error-title-too-many = Trop d'essais
error-title-unavailable = Préau ne répond pas pour l'instant
error-title-internal = Quelque chose n'a pas marché
error-kept-read = Rien n'a été modifié.
error-kept-write = Votre dernière action n'a pas été enregistrée. Tout ce qui l'était avant est gardé.
error-act-home = Revenir à l'accueil
error-act-sign-in = Se connecter
error-act-again = Réessayer
error-reference = Si cela se répète, donnez ce code au service de formation : { $reference }

error-internal = Le problème vient de nous et il est noté dans le journal.
error-forbidden = Votre compte n'a pas le droit nécessaire.
error-not-found = L'adresse est fausse, ou ce qu'elle désignait a été retiré.
error-blob-missing = Un fichier de ce contenu manque sur le serveur. Un administrateur peut le réimporter.
error-malformed = Une partie de la demande manque ou ne se lit pas.
error-form-unreadable = Ce formulaire n’a pas pu être lu.
error-unauthenticated = Cette page demande de savoir qui vous êtes.
error-cross-site-request = La demande venait d'un autre site, elle a été arrêtée par sécurité.
error-payload-too-large = L'envoi est plus grand que ce que Préau accepte.
error-method-not-allowed = Cette adresse ne prend pas ce genre de demande.
error-unsupported-type = Ce genre de fichier n'est pas accepté ici.
error-unavailable = Une partie du service ne répond pas. C'est souvent l'affaire d'une minute.
error-too-many-attempts = Attendez { $minutes } min avant d'essayer encore.
