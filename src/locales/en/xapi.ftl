# Sentences of xAPI statements (src/xapi/sentence.rs)
verb-voided = { $actor } withdrew { $object }
verb-answered = { $actor } answered { $object }
verb-attempted = { $actor } attempted { $object }
verb-commented = { $actor } commented on { $object }
verb-completed = { $actor } completed { $object }
verb-experienced = { $actor } viewed { $object }
verb-failed = { $actor } failed { $object }
verb-initialized = { $actor } began { $object }
verb-interacted = { $actor } used { $object }
verb-launched = { $actor } opened { $object }
verb-passed = { $actor } passed { $object }
verb-progressed = { $actor } made progress in { $object }
verb-registered = { $actor } registered for { $object }
verb-responded = { $actor } responded to { $object }
verb-resumed = { $actor } resumed { $object }
verb-scored = { $actor } scored in { $object }
verb-suspended = { $actor } suspended { $object }
verb-terminated = { $actor } left { $object }
verb-abandoned = { $actor } abandoned { $object }
verb-satisfied = { $actor } satisfied the requirements of { $object }
verb-waived = { $actor } was exempted from { $object }
verb-played = { $actor } played { $object }
verb-paused = { $actor } paused { $object }
verb-seeked = { $actor } moved within { $object }
verb-other = { $actor }: “{ $verb }”, { $object }

object-statement = statement { $id }
object-sub-statement = “{ $sentence }”

result-percent = with { $percent }%
result-points = with { $raw } points out of { $max }
result-raw = with { $raw } points
result-response = (answer: “{ $response }”)
result-reason = (reason: “{ $response }”)
result-duration = in { $duration }

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-hours = { $hours } h
duration-hours-minutes = { $hours } h { $minutes } min

# Short names of the verbs, for lists
verb-name-voided = withdrew
verb-name-answered = answered
verb-name-attempted = attempted
verb-name-commented = commented
verb-name-completed = completed
verb-name-experienced = viewed
verb-name-failed = failed
verb-name-initialized = began
verb-name-interacted = used
verb-name-launched = opened
verb-name-passed = passed
verb-name-progressed = made progress
verb-name-registered = registered
verb-name-responded = responded
verb-name-resumed = resumed
verb-name-scored = scored
verb-name-suspended = suspended
verb-name-terminated = left
verb-name-abandoned = abandoned
verb-name-satisfied = satisfied the requirements
verb-name-waived = exempted
verb-name-played = played
verb-name-paused = paused
verb-name-seeked = moved within
