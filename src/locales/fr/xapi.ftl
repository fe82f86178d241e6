# Phrases des déclarations xAPI (src/xapi/sentence.rs)
verb-voided = { $actor } a annulé { $object }
verb-answered = { $actor } a répondu à { $object }
verb-attempted = { $actor } a tenté { $object }
verb-commented = { $actor } a commenté { $object }
verb-completed = { $actor } a terminé { $object }
verb-experienced = { $actor } a consulté { $object }
verb-failed = { $actor } a échoué à { $object }
verb-initialized = { $actor } a commencé { $object }
verb-interacted = { $actor } a utilisé { $object }
verb-launched = { $actor } a ouvert { $object }
verb-passed = { $actor } a réussi { $object }
verb-progressed = { $actor } a avancé dans { $object }
verb-registered = { $actor } a rejoint { $object }
verb-responded = { $actor } a répondu à { $object }
verb-resumed = { $actor } a repris { $object }
verb-scored = { $actor } a obtenu un score à { $object }
verb-suspended = { $actor } a interrompu { $object }
verb-terminated = { $actor } a quitté { $object }
verb-abandoned = { $actor } a abandonné { $object }
verb-satisfied = { $actor } a satisfait aux exigences de { $object }
verb-waived = { $actor } bénéficie d’une dispense pour { $object }
verb-played = { $actor } a lu { $object }
verb-paused = { $actor } a mis en pause { $object }
verb-seeked = { $actor } a parcouru { $object }
verb-other = { $actor } : « { $verb } », { $object }

object-statement = la déclaration { $id }
object-sub-statement = « { $sentence } »

result-percent = avec { $percent } %
result-points = avec { $raw } points sur { $max }
result-raw = avec { $raw } points
result-response = (réponse : « { $response } »)
result-reason = (motif : « { $response } »)
result-duration = en { $duration }

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-hours = { $hours } h
duration-hours-minutes = { $hours } h { $minutes }

# Noms courts des verbes, pour les listes de choix
verb-name-voided = annulé
verb-name-answered = répondu
verb-name-attempted = tenté
verb-name-commented = commenté
verb-name-completed = terminé
verb-name-experienced = consulté
verb-name-failed = échoué
verb-name-initialized = commencé
verb-name-interacted = utilisé
verb-name-launched = ouvert
verb-name-passed = réussi
verb-name-progressed = avancé
verb-name-registered = rejoint
verb-name-responded = réagi
verb-name-resumed = repris
verb-name-scored = obtenu un score
verb-name-suspended = interrompu
verb-name-terminated = quitté
verb-name-abandoned = abandonné
verb-name-satisfied = satisfait aux exigences
verb-name-waived = dispensé
verb-name-played = lu
verb-name-paused = mis en pause
verb-name-seeked = parcouru
