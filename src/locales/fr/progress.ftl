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
