me-record = Mon parcours : ce que j'ai suivi et terminé
report-title = Bilan de la formation
report-list-title = Inscriptions
report-from-to = Du { $first } au { $last }
report-as-of = Situation au { $at }
report-period = Période
report-period-month = Ce mois-ci
report-period-quarter = Ce trimestre
report-period-year = Cette année
report-period-12-months = 12 derniers mois
report-period-dates = Dates précises
report-from = Du
report-to = Au
report-unit = Service
report-unit-all = Tous les services
report-unit-none = Sans service
report-unit-own = { $unit }, hors de ses services
report-programme = Programme
report-programme-all = Tous les programmes
report-status = État
report-status-all = Tous les états
report-open = Pas terminé
report-show = Afficher
report-reset = Effacer les filtres
report-empty-title = Aucune inscription
report-empty-first = Les personnes inscrites à un programme apparaîtront ici.
report-empty-text = Personne n'a suivi de programme avec ces filtres sur cette période.
report-figures = L'essentiel
report-enrolled = Inscrits
report-done = Terminés
report-rate = Taux d'achèvement
report-rate-short = Taux
report-rate-note = { $n ->
    [0] tous ont terminé
    [one] 1 pas encore terminé
   *[other] { $n } pas encore terminés
}
report-doing = En cours
report-late = En retard
report-median = Délai médian
report-median-note = de l'inscription à la fin
report-days = { $n } j
report-by-unit = Par service
report-by-month = Terminés par mois
report-by-quarter = Terminés par trimestre
report-by-year = Terminés par année
report-by-programme = Par programme
report-month = { $month } { $year }
report-quarter = { $n ->
    [1] 1er trimestre
   *[other] { $n }e trimestre
} { $year }
report-quarter-short = T{ $n } { $year }
report-open-list = { $n } : ouvrir la liste des inscrits, { $what }
report-count = { $n ->
    [one] 1 inscription
   *[other] { $n } inscriptions
}
report-csv = { $n ->
    [one] 1 ligne
   *[other] { $n } lignes
}, CSV
report-xlsx = { $n ->
    [one] 1 ligne
   *[other] { $n } lignes
}, Excel
report-xlsx-too-large = Trop de lignes pour Excel : affinez les filtres ou prenez le fichier CSV.
report-name = Nom
report-progress = Avancement
report-score = Résultat
report-created = Inscrit le
report-due = Échéance
report-started = Commencé le
report-completed = Terminé le
report-id = Numéro d'inscription
report-yes = oui
report-no = non
report-file = inscriptions
report-sheet = Inscriptions
report-summary = Synthèse
report-steps = Étape par étape
report-phase-before = Avant
report-phase-during = Pendant
report-phase-after = Après
report-proof = Ce qui a été enregistré
report-attempt = Essai { $n }
report-statements = Toutes les traces
record-title = Mon parcours de formation
record-lead = { $n ->
    [0] Rien de terminé pour l'instant
    [one] 1 formation terminée
   *[other] { $n } formations terminées
} · { $time } de formation
record-empty-title = Vous n'avez encore rien suivi
record-empty-text = Ce que vous suivez et terminez sera noté ici.
record-empty-act = Voir le catalogue
record-programmes = Programmes
record-courses = Formations
record-course = Formation
record-kind = Type
record-what = Intitulé
record-time = Temps passé
record-minutes = Minutes
record-file = parcours de formation
error-report-unit-unknown = Ce service n'existe pas, ou ne fait pas partie des vôtres.
error-report-programme-unknown = Ce programme n'existe pas.
error-report-enrolment-unknown = Cette inscription n'existe pas, ou ne vous est pas ouverte.
error-report-too-large = Une feuille Excel ne contient pas plus de { $most } lignes. Affinez les filtres ou prenez le fichier CSV.
record-attempt = { $title } (essai { $number })
