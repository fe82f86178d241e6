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
result-duration = en { $duration }

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-hours = { $hours } h
duration-hours-minutes = { $hours } h { $minutes }
