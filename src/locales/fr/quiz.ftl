# Les quiz : ce que voient les apprenants et les formateurs.
quiz-true = Vrai
quiz-false = Faux
quiz-points = { $n ->
    [one] { $figure } point
   *[other] { $figure } points
}
quiz-earned = { $earned } sur { $points }
quiz-question-n = Question { $n }
quiz-hint-one = Choisissez une réponse.
quiz-hint-several = Plusieurs réponses sont possibles.
quiz-hint-number = Écrivez un nombre, sans unité. Exemple : 12,5
quiz-hint-text = Répondez en quelques mots.
quiz-mark-right = Bonne réponse
quiz-mark-wrong = Votre réponse
quiz-mark-chosen = Votre réponse
quiz-given = Votre réponse :
quiz-given-nothing = aucune
quiz-verdict-right = Juste
quiz-verdict-partly = En partie juste
quiz-verdict-wrong = Faux
quiz-verdict-none = Sans réponse
quiz-solution = Bonne réponse :
quiz-solution-range = { $value } (de { $low } à { $high })

quiz-fact-questions = Questions
quiz-fact-pass-mark = Réussi à partir de
quiz-fact-attempts = Essais restants
quiz-fact-time = Temps pour répondre
quiz-attempts-any = autant que vous voulez
quiz-act-begin = Commencer
quiz-act-resume = Reprendre
quiz-act-again = Recommencer
quiz-preview-note = Aperçu : vos réponses ne sont pas enregistrées dans un dossier de formation.
quiz-passed-already = Quiz réussi
quiz-passed-already-text = Un nouvel essai ne vous retire rien : le meilleur compte.
quiz-no-attempt = Plus d’essai
quiz-no-attempt-text = Vous avez utilisé tous vos essais. Parlez-en à votre formateur.
quiz-earlier = Vos essais
quiz-attempt-n = Essai { $n }

quiz-progress = Questions avec une réponse
quiz-answered-of = Répondu : { $n } sur { $total }
quiz-clock-until = Jusqu’à { $time }
quiz-clock-left = Il reste { "{time}" }
quiz-clock-out = Le temps est écoulé : vos réponses sont envoyées.
quiz-not-saved = Non enregistré, nouvel essai…
quiz-confirm = Valider ma réponse
quiz-previous = Précédente
quiz-next = Suivante
quiz-review = Relire
quiz-back = Revenir
quiz-review-title = Avant de terminer
quiz-all-answered = Toutes les questions ont une réponse
quiz-all-answered-text = Vous pouvez encore changer vos réponses, puis terminer.
quiz-missing = { $n ->
    [one] Une question n’a pas de réponse
   *[other] { $n } questions n’ont pas de réponse
}
quiz-missing-text = Sans réponse : { $numbers }. Vous pouvez terminer quand même.
quiz-answered = Répondu
quiz-unanswered = Sans réponse
quiz-submit = Terminer

quiz-score = Score
quiz-result-passed = Quiz réussi
quiz-result-failed = Quiz non réussi
quiz-result-done = Quiz terminé
quiz-needed = { $percent } demandés
quiz-passed-stays = Vous avez déjà réussi ce quiz : cela vous reste acquis.
quiz-leave = Terminé
quiz-to-start = Voir mes essais
quiz-left = { $n ->
    [0] Il ne vous reste aucun essai.
    [one] Il vous reste un essai.
   *[other] Il vous reste { $n } essais.
}
quiz-solutions-later = Les bonnes réponses seront montrées quand le quiz sera réussi ou qu’il ne restera plus d’essai.
quiz-tells-nothing = Le détail des réponses n’est pas montré pour ce quiz.

# Écrire un quiz
quiz-title = Titre du quiz
quiz-untitled = Quiz sans titre
quiz-questions = Questions
quiz-add = Ajouter une question
quiz-kind-single-choice = Une seule réponse
quiz-kind-multiple-choice = Plusieurs réponses
quiz-kind-true-false = Vrai ou faux
quiz-kind-numeric = Un nombre
quiz-kind-short-text = Quelques mots
quiz-prompt-missing = Question à écrire
quiz-to-mend = À compléter
quiz-duplicate = Dupliquer
quiz-remove = Retirer
quiz-actions = Actions
quiz-no-question = Aucune question pour l’instant
quiz-no-question-text = Ajoutez une première question ci-dessous.
quiz-settings = Réglages
quiz-introduction = Présentation
quiz-introduction-hint = Montrée avant de commencer. Facultatif.
quiz-judged = Réussite
quiz-judged-yes = Il faut un score minimal pour réussir
quiz-judged-no = Pas de score minimal : répondre suffit
quiz-pass-mark = Score minimal, en %
quiz-attempts = Nombre d’essais
quiz-attempts-hint = Laissez vide pour ne pas limiter. Le meilleur essai compte : un essai moins bon ne retire pas une réussite.
quiz-minutes = Temps pour répondre, en minutes
quiz-minutes-hint = Laissez vide pour ne pas limiter.
quiz-order = Ordre
quiz-shuffle-questions = Mélanger les questions
quiz-shuffle-choices = Mélanger les choix
quiz-draw = Nombre de questions tirées au sort
quiz-draw-hint = Laissez vide pour poser toutes les questions.
quiz-shown-feedback = Montrer si c’est juste, avec les commentaires
quiz-shown-solutions = Montrer les bonnes réponses
quiz-shown-answered = après chaque question
quiz-shown-submitted = à la fin de l’essai
quiz-shown-over = après réussite ou dernier essai
quiz-shown-never = jamais
quiz-save = Enregistrer
quiz-check = Avant de publier
quiz-check-ready = Tout est prêt
quiz-check-ready-text = Les apprenants verront cette version dès leur prochain quiz. Ceux qui ont commencé gardent la leur.
quiz-check-problems = { $n ->
    [one] Un point à régler avant de publier
   *[other] { $n } points à régler avant de publier
}
quiz-publish = Publier
quiz-publish-again = Publier la nouvelle version
quiz-published = Le quiz « { $title } » est publié.
quiz-see = Voir comme un apprenant
quiz-results-link = Résultats
quiz-moved = Question déplacée.
quiz-duplicated = Question dupliquée.
quiz-removed = Question { $n } retirée.
quiz-restored = La question est revenue.
quiz-saved = Enregistré
quiz-saving = Enregistrement…
quiz-save-failed = Non enregistré, nouvel essai…
quiz-conflict = Modifié ailleurs entre-temps : rechargez la page pour voir la dernière version.
quiz-saved-flash = Le quiz est enregistré.
quiz-up = Monter
quiz-down = Descendre
quiz-moved-pattern = { "{name}" } : place { "{place}" } sur { "{count}" }

quiz-field-prompt = Question
quiz-field-prompt-hint = Ce que l’apprenant lit.
quiz-field-points = Points
quiz-field-feedback = Commentaire
quiz-field-feedback-hint = Montré avec le résultat, quelle que soit la réponse. Facultatif.
quiz-field-choices = Choix
quiz-field-choice-n = Choix { $n }
quiz-field-choice-feedback = Commentaire si ce choix est coché (facultatif)
quiz-field-correct = Bonne réponse
quiz-choice-add = Ajouter un choix
quiz-choice-remove = Retirer le choix { $n }
quiz-field-partial = Donner une partie des points quand une partie des choix est juste
quiz-field-partial-hint = Un choix faux retire sa part ; jamais moins de zéro.
quiz-field-truth = La phrase est
quiz-field-value = Nombre attendu
quiz-field-value-hint = Sans unité : écrivez l’unité dans la question. Exemple : 12,5
quiz-field-tolerance = Écart accepté
quiz-field-tolerance-hint = 0 : exactement ce nombre.
quiz-field-tolerance-by = Écart compté
quiz-tolerance-absolute = en plus ou en moins
quiz-tolerance-relative = en % du nombre
quiz-field-accepted = Réponses acceptées
quiz-field-accepted-hint = Une par ligne. L’étoile * remplace n’importe quoi : extincteur* accepte « extincteur à poudre ».
quiz-field-case = Les majuscules comptent
quiz-field-accents = Les accents comptent
quiz-back-to-questions = Revenir aux questions
quiz-next-question = Question suivante

quiz-preview-title = Aperçu
quiz-preview-text = Comme un apprenant, avec vos réglages. Rien n’est enregistré.
quiz-preview-check = Voir le résultat
quiz-preview-again = Essayer encore

quiz-results-title = Résultats
quiz-results-none = Aucun essai pour l’instant
quiz-results-none-text = Les résultats paraîtront ici dès qu’un apprenant aura terminé un essai.
quiz-results-people = Personnes
quiz-results-attempts = Essais terminés
quiz-results-mean = Score moyen
quiz-results-passed = Ont réussi
quiz-results-caption = Par question
quiz-results-question = Question
quiz-results-asked = Posée
quiz-results-answered = Répondue
quiz-results-rate = Points obtenus
quiz-results-given = Réponses données
quiz-results-times = { $n ->
    [one] { $n } fois
   *[other] { $n } fois
}
quiz-results-old = Question d’une version antérieure

# Ce qui reste à régler
quiz-problem-without-question = Le quiz n’a pas encore de question.
quiz-problem-questions-too-many = Un quiz a au plus { $n } questions.
quiz-problem-question-id = Deux questions ont le même identifiant : dupliquez-en une et retirez l’ancienne.
quiz-problem-prompt-empty = Écrivez la question.
quiz-problem-text-too-long = Un texte est trop long.
quiz-problem-points-invalid = Donnez plus de 0 et au plus { $n } points.
quiz-problem-choices-too-few = Donnez au moins deux choix.
quiz-problem-choices-too-many = Donnez au plus { $n } choix.
quiz-problem-choice-empty = Un choix est vide.
quiz-problem-choice-id = Deux choix ont le même identifiant : retirez l’un d’eux.
quiz-problem-choice-twice = Deux choix disent la même chose.
quiz-problem-choice-none-correct = Cochez la bonne réponse.
quiz-problem-choice-several-correct = Ne cochez qu’une bonne réponse.
quiz-problem-number-missing = Écrivez le nombre attendu.
quiz-problem-tolerance-invalid = L’écart accepté est un nombre, 0 ou plus.
quiz-problem-accepted-missing = Écrivez au moins une réponse acceptée.
quiz-problem-accepted-too-many = Donnez au plus { $n } réponses acceptées.
quiz-problem-accepted-too-long = Une réponse acceptée a au plus { $n } caractères.
quiz-problem-accepted-anything = Une étoile seule accepterait n’importe quoi.
quiz-problem-pass-mark-invalid = Le score minimal va de 1 à 100 %.
quiz-problem-attempts-invalid = Donnez au plus { $n } essais, ou laissez vide.
quiz-problem-minutes-invalid = Donnez au plus { $n } minutes, ou laissez vide.
quiz-problem-draw-too-many = Il n’y a que { $n } questions à tirer.

# Refus
error-quiz-only-looking = Vous relisez ce quiz : rien ne peut y être changé.
error-quiz-no-attempt-left = Vous avez utilisé tous vos essais.
error-quiz-attempt-ended = Cet essai est terminé : ses réponses ne peuvent plus changer.
error-quiz-attempt-unknown = Cet essai n’existe pas.
error-quiz-time-over = Le temps est écoulé.
error-quiz-question-unknown = Cette question n’existe pas dans cet essai.
error-quiz-answer-unknown-choice = Ce choix n’existe pas.
error-quiz-answer-one-choice = Une seule réponse est possible.
error-quiz-answer-has-unit = Écrivez le nombre seul, sans unité ni symbole.
error-quiz-answer-not-a-number = Écrivez un nombre, par exemple 12,5.
error-quiz-answer-too-long = Cette réponse est trop longue.
error-quiz-kind-unknown = Ce type de question n’existe pas.
error-quiz-not-ready = Ce quiz n’est pas prêt à être publié.
error-quiz-question-changed = Cette question a été modifiée ailleurs entre-temps.
error-quiz-questions-too-many = Un quiz a au plus { $n } questions.
quiz-open = Visible de tous dans le catalogue
quiz-open-hint = Sinon, seulement dans les programmes qui l’utilisent.
quiz-published-note = Publié ; les changements faits depuis restent dans le brouillon jusqu’à la prochaine publication.
