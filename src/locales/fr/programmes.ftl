programme = Programme
programmes-title = Programmes
programmes-lead = Des formations mises bout à bout : avant, pendant et après.
programmes-empty-title = Composez votre premier programme
programmes-empty-text = Donnez-lui un titre ci-dessus, puis ajoutez ses étapes : formations, vidéos, pages, documents, liens, quiz.
programmes-count = { $n ->
    [one] 1 programme
   *[other] { $n } programmes
}
programme-new-title = Titre du nouveau programme
programme-new = Créer
programme-changed = Modifications non publiées
programme-steps = Étapes
programme-enrolled = Inscrits
programme-completed = Terminé

programme-title = Titre du programme
programme-summary = Présentation
programme-summary-hint = En deux phrases : à qui s'adresse ce programme, ce qu'on saura faire après.
programme-title-missing = Donnez un titre au programme.
live-idle = Tout s'enregistre au fur et à mesure
live-saving = Enregistrement…
live-saved = Enregistré
live-failed = Non enregistré : rechargez la page
save = Enregistrer
phase-before = Avant
phase-before-hint = Ce qui prépare : lire, découvrir, se situer.
phase-during = Pendant
phase-during-hint = Le cœur de la formation.
phase-after = Après
phase-after-hint = Ce qui ancre : s'exercer, vérifier, aller plus loin.
programme-free = Ouverte dès le départ
programme-after = Après « { $title } »
programme-opens = Ouvre le { $date }
programme-after-and-opens = Ouvre le { $date }, après « { $title } »
programme-required = obligatoire
programme-optional = facultative
programme-after-label = S'ouvre après
programme-after-none = Aucune étape : ouverte dès le départ
programme-opens-label = Pas avant le
programme-minutes-label = Durée, en minutes
programme-required-label = Obligatoire pour terminer
programme-opens-course = { $kind } : « { $title } »
programme-step-title = Titre de l'étape
programme-step-untitled = Étape sans titre
programme-step-remove = Retirer
programme-step-removed = « { $title } » est retirée du programme.
programme-step-restored = « { $title } » est revenue à sa place.
programme-add = Ajouter une étape
programme-what = Formation, ou partie d'une formation
programme-put = Ajouter
programme-choice-unknown = Rien ne s'appelle « { $what } », ou plusieurs contenus répondent à ces mots. Choisissez dans la liste.
programme-checklist = Avant de publier
programme-publish = Publier
programme-publish-first = Une fois publié, le programme est au catalogue et vous pouvez y inscrire.
programme-publish-again = Qui est déjà inscrit garde sa version ; les nouveaux inscrits auront celle-ci.
programme-is-published = Cette version est publiée. La première modification ouvre un nouveau brouillon.
programme-discard = Abandonner les modifications
programme-discarded = Les modifications non publiées sont abandonnées.
programme-withdraw = Retirer du catalogue
programme-withdrawn = « { $title } » n'est plus au catalogue. Ceux qui l'ont commencé peuvent le finir.
programme-offer = Remettre au catalogue
programme-offered = « { $title } » est de nouveau au catalogue.
programme-published = « { $title } » est publié.
programme-not-ready = { $n ->
    [one] Il reste un point à régler avant de publier.
   *[other] Il reste { $n } points à régler avant de publier.
}
programme-nothing-new = Rien n'a changé depuis la dernière version publiée.
programme-versions = Versions publiées
programme-version-line = Version { $number }, publiée le { $date }
programme-version-use = { $running } en cours, { $completed } terminés
quoted = « { $text } »
check-fine = Réglé
check-open = À régler
check-title = Le programme a un titre
check-title-todo = Donnez-lui un titre en haut de la page.
check-steps = Il y a au moins une étape
check-steps-todo = Ajoutez une étape dans Avant, Pendant ou Après.
check-published = Les formations utilisées sont publiées
check-published-todo = Publiez d'abord la formation derrière : { $steps }.
check-openable = Chaque étape s'ouvre
check-openable-todo = Ces étapes n'ouvrent plus rien, remplacez-les : { $steps }.
check-order = Aucune étape ne s'attend elle-même
check-order-todo = Ces étapes s'attendent en rond, changez une condition : { $steps }.

error-programme-unknown = Ce programme n'existe pas, ou n'est plus ouvert.
error-step-unknown = Cette étape n'est plus dans le programme.
error-step-locked = Cette étape n'est pas encore ouverte. { $reason }.
error-programme-not-published = Ce programme n'est pas publié : on ne peut pas encore y inscrire.
error-target-unknown = Cette personne, cette unité ou cet espace n'existe pas.
error-rule-unknown = Cette inscription n'existe pas.
error-enrolment-unknown = Cette inscription n'existe pas.

programme-preview = Voir comme un apprenant
programme-preview-title = Aperçu
programme-preview-text = Voici ce que verra un apprenant le premier jour. Rien n'est enregistré.
programme-preview-back = Retour au programme
programme-begin = Commencer ce programme
programme-begin-with = Commencer : { $title }
programme-resume = Reprendre : { $title }
programme-waits = Rien à faire pour l'instant
programme-done-of = { $done } sur { $total }
programme-due = À terminer avant le { $date } au soir
programme-late = { $n ->
    [one] En retard d'un jour
   *[other] En retard de { $n } jours
}
programme-move = { $n ->
    [one] Faire passer { $n } inscrit à la dernière version
   *[other] Faire passer { $n } inscrits à la dernière version
}
programme-move-hint = Ce qu'ils ont fait compte pour les étapes qui y sont encore.
programme-moved = { $n ->
    [0] Personne n'avait à changer de version.
    [one] 1 inscrit suit maintenant la dernière version.
   *[other] { $n } inscrits suivent maintenant la dernière version.
}
programme-people = Inscrits
programme-enrol = Inscrire
programme-enrol-act = Inscrire
programme-enrol-hint = Une direction compte avec tous ses services. Qui rejoint plus tard la direction ou l'espace est inscrit aussi.
programme-person = Une personne
programme-unit = Une direction ou un service
programme-space = Un espace
programme-none = –
programme-due-label = À terminer avant le
programme-due-head = Échéance
programme-version = Version
programme-not-open = Publiez le programme pour pouvoir y inscrire.
programme-rules = Inscrits ensemble
programme-rule-unit = { $name }, avec tout ce qui en dépend
programme-rule-space = Espace { $name }
programme-rule-people = { $n ->
    [one] 1 personne
   *[other] { $n } personnes
}
programme-rule-end = Ne plus inscrire
programme-rule-ended = { $n ->
    [0] Cette règle n'inscrit plus personne.
    [one] Cette règle n'inscrit plus ; 1 inscription est annulée.
   *[other] Cette règle n'inscrit plus ; { $n } inscriptions sont annulées.
}
programme-nobody-title = Personne n'est encore inscrit
programme-nobody-text = Inscrivez une personne, une direction ou un espace ; chacun peut aussi commencer depuis le catalogue.
programme-nobody-named = Dites qui inscrire : une personne, une direction ou un espace.
programme-person-unknown = Personne ne s'appelle « { $name } », ou plusieurs personnes. Choisissez dans la liste.
programme-enrolled-done = { $n ->
    [0] Tous étaient déjà inscrits.
    [one] 1 personne inscrite.
   *[other] { $n } personnes inscrites.
}
programme-cancel = Désinscrire
programme-cancelled = L'inscription est annulée.
programme-restored = L'inscription est rétablie.
error-target-ambiguous = Dites qui inscrire : une personne, une unité ou un espace, et un seul des trois.
error-due-invalid = L'échéance n'est pas une date et une heure (RFC 3339).
programme-write-new = Écrire du nouveau : page, document, lien ou quiz
