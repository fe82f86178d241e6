learners-title = Qui a suivi cette formation ?
learners-empty-title = Personne n'a encore commencé
learners-empty-text = Dès que quelqu'un ouvrira la formation, vous verrez ici où il en est.
learners-empty-act = Revenir aux formations
learners-count = { $n ->
    [one] 1 personne
   *[other] { $n } personnes
}
learners-name = Nom
learners-unit = Service
learners-status = État
learners-progress = Avancement
learners-progress-of = Avancement de { $name }
learners-score = Résultat
learners-time = Temps passé
learners-last = Dernière activité
learners-completed = Terminé le
learner-steps = Étape par étape
learner-told = Ce qui a été enregistré
learner-told-empty = Rien n'a encore été enregistré.
error-registration-unknown = Ce suivi n'existe pas, ou ne vous est pas ouvert.

# Réponses aux questions
answers-title = Réponses aux questions
answers-none = Aucune réponse pour l’instant
answers-none-text = Dès qu’un apprenant aura répondu à une question de cette formation, vous verrez ici ce qui est compris et ce qui ne l’est pas.
answers-people = Personnes qui ont répondu
answers-people-short = Ont répondu
answers-times = Réponses données
answers-caption = Par question, dans l’ordre où elles ont été posées
answers-question = Question
answers-activity = Étape
answers-attempt = Tentative
answers-first = Première réponse
answers-last = Dernière réponse
answers-first-right = Première réponse juste
answers-last-right = Dernière réponse juste
answers-latency = Temps de réponse
answers-latency-seconds = Temps de réponse (s)
answers-at = Dernière réponse le
answers-seconds = { $seconds } s
answers-given = Premières réponses données
answers-expected = Réponse attendue : { $answer }
answers-or = {" "}ou{" "}
answers-note = Chaque tentative compte une fois. Temps de réponse : la moitié des premières réponses ont pris moins de temps, l’autre moitié davantage.
answers-link = Réponses aux questions
answers-file = reponses
answers-yes = oui
answers-no = non
learners-attempt = essai { $number }
learners-counts = compte

# Dispenses
learner-waive = Dispenser d'une étape
learner-waive-lead = La personne n'aura pas à faire l'étape choisie : elle compte comme faite, et ce qui en dépend avance aussi. Une dispense ne se retire pas.
learner-waive-step = Étape
learner-waive-reason = Motif
learner-waive-yes = Dispenser de cette étape
learner-waived = La dispense est enregistrée.
learner-waived-for = Dispense : { $reason }
waive-tested-out = Évaluation réussie à la place
waive-equivalent-unit = Module équivalent de cette formation déjà suivi
waive-equivalent-outside = Activité équivalente suivie ailleurs
waive-administrative = Décision administrative
