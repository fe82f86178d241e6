# The player: what may keep it from opening or recording an activity
error-launch-unknown = This launch is no longer valid. Open the activity again from your course.
error-launch-used = This address was used already or is no longer valid. Go back to where you came from and open the course again.
error-person-disabled = This person is no longer let in. Nothing more is recorded; what was done before is kept.
error-lease-lost = This activity is open elsewhere. Here it is read-only.
error-activity-unknown = This step does not exist in the course.
error-activity-without-data-model = This step records nothing in this way.
error-navigation-refused = This step cannot be opened yet: the course has an order to follow.
error-request-unknown = This navigation request does not exist.
error-media-event-unknown = This playback event does not exist.
error-position-invalid = This position does not exist in the recording.
error-course-without-activity = This course has no step to open.
error-launch-person-missing = Give either "person" or "actor".
error-actor-invalid = "actor" must be an xAPI agent identified by an account.
error-return-url-invalid = The return address must begin with http:// or https://.
