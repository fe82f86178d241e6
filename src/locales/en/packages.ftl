import-title = Import a course
import-lead = A SCORM, cmi5 or xAPI package, a video or a sound: Préau reads it, says what it thinks of it and prepares the course.
import-choose = Choose a file
import-limit = { $limit } at most
import-refused = This file could not be imported
import-nothing-kept = Nothing was kept. Correct the file and send it again.
import-what = What you can import
import-what-packages = A zip archive: SCORM 1.2, SCORM 2004, cmi5 or xAPI; or a cmi5.xml file alone.
import-what-media = A video (MP4, WebM) or a sound (MP3, M4A).
import-what-next = Learners do not see the course until you publish it.

package-imported = The course is imported. Look at it, then publish it.
package-deleted = The package is deleted.
package-kept = This package was not deleted: learners have begun it.
size-bytes = { $size } bytes
size-kib = { $size } KiB
size-mib = { $size } MiB
size-gib = { $size } GiB
package-sound = Nothing to report
package-sound-text = Everything the package announces is there. Look at it as a learner before you publish it.
package-attention = { $n ->
    [one] One point to look at
   *[other] { $n } points to look at
}
package-notes = { $n ->
    [one] One remark
   *[other] { $n } remarks
}
package-outline = Outline
package-preview = See it as a learner
package-cannot-open = Cannot be opened
package-in-use-note = { $n ->
    [one] This package cannot be deleted: one learner has begun it.
   *[other] This package cannot be deleted: { $n } learners have begun it.
}
package-delete = Delete this package
package-delete-sure = The package, its courses and its files will be erased for good.
package-delete-yes = Delete for good

error-package-refused = This package is refused. { $reason }
error-package-unknown = This package does not exist, or no longer does.
error-switch-not-offered = The setting “{ $switch }” changes nothing for this kind of package.
error-package-in-use = This package cannot be deleted: { $count } learners have begun it, and what they did is kept.
error-package-in-programme = This package cannot be deleted: { $count ->
    [one] a programme has a step of it. Remove the step first.
   *[other] { $count } programmes have a step of it. Remove the steps first.
}
error-package-too-large = This file is too large: { $limit } MiB at most.
error-upload-interrupted = The upload was interrupted. Nothing was kept.
error-upload-empty = No file arrived, or it is empty.

replace-title = Replace with a newer version
replace-lead = Send the newer version of the package. Nothing changes for anybody until you have seen what it alters and agreed.
replace-link = Replace with a newer version
replace-versions = Versions
replace-waits = A newer version is waiting for your decision
replace-waits-look = See what it changes
replace-received = The newer version has arrived. See what it changes before you put it into use.
replace-adopted = The newer version is in use.
replace-discarded = The newer version is discarded. Nothing has changed.
replace-gone = This version is no longer waiting: it was put into use, discarded, or replaced by another.
replace-new = New
replace-new-text = This course did not exist. It stays hidden until you publish it.
replace-gone-tag = No longer there
replace-gone-text = The newer version does not have this course any more. It leaves the catalogue; whoever began it may finish it.
replace-same = { $n ->
    [one] The same activity as today.
   *[other] The same { $n } activities as today.
}
replace-kept = { $n ->
    [0] No activity is recognised: the course changed as a whole, or the authoring tool renamed its parts.
    [one] One activity is in both versions.
   *[other] { $n } activities are in both versions.
}
replace-added = { $n ->
    [one] One activity added
   *[other] { $n } activities added
}
replace-removed = { $n ->
    [one] One activity removed
   *[other] { $n } activities removed
}
replace-steps = Some programmes have a step on a removed activity. Mend them afterwards:
replace-decide = Put into use
replace-completed = { $n ->
    [0] Nobody has completed it yet.
    [one] The person who completed it keeps their result.
   *[other] The { $n } people who completed it keep their results.
}
replace-running = { $n ->
    [one] One person has begun and not completed it
   *[other] { $n } people have begun and not completed it
}
replace-finish = They finish on the older version
replace-finish-hint = Nothing changes for them. Only people who begin from now on see the newer version.
replace-restart = They begin anew on the newer version
replace-restart-hint = At their next visit they start from the beginning. What they had done stays in their record.
replace-nobody = Nobody is under way in this course: the newer version is for everyone.
replace-adopt = Put into use
replace-discard = Discard this version
replace-another = Send another file
error-package-kind-differs = A newer version must follow the same standard as the older one. Import this file as a course of its own.
error-candidate-unknown = This version is no longer waiting: it was put into use, discarded, or replaced by another.

# What an import notices. A sentence for whoever made or sent the package.
finding-more-of-the-same = And { $count } more remarks of the same kind ({ $code }).
finding-same-content-as = The same file was imported before: “{ $title }”.
finding-kind-unknown = This file is neither a zip archive, nor a cmi5.xml, nor a video or sound that Préau can read.
finding-media-unreadable = This file looks like a video or a sound, but cannot be read.

finding-archive-unreadable = The zip archive cannot be read: it is truncated or damaged. Export it again, or send the file again.
finding-archive-unsupported = The archive is in several parts, or of a kind that cannot be read.
finding-archive-empty = The archive holds no file.
finding-archive-bomb = The archive unpacks beyond measure ({ $size } MiB): it is not a course.
finding-archive-in-archive = The package was itself inside a zip archive: the archive inside was imported, without what lay around it.
finding-archives-inside = The archive holds no manifest but other archives ({ $count }): send the training package itself, one at a time.
finding-archive-inside-too-large = The archive inside this one is larger than allowed ({ $limit } MiB).
finding-unpacked-too-large = Unpacked, the archive would take { $size } MiB; the limit is { $limit } MiB.
finding-too-many-entries = The archive holds { $count } files; the limit is { $limit }.
finding-names-too-long = The names of the files in the archive are long beyond measure.
finding-path-unsafe = The name of a file leaves the folder of the package: { $path }
finding-name-invalid = The name of a file holds forbidden characters: { $path }
finding-name-too-long = The name of a file is too long: { $path }
finding-symlink = The archive holds a link instead of a file.
finding-encrypted = The archive is protected by a password. Make it again without one.
finding-compression-unsupported = A file is compressed in an unusual way ({ $method }). Make an ordinary zip archive.
finding-names-backslashes = { $count } file names use “\” instead of “/”; they were corrected (for example { $example }).
finding-entries-overlap = Files of the archive overlap: it is damaged or a trap.
finding-file-folder-conflict = The same name is used for a file and for a folder.
finding-case-collision = This name differs from another only by its capitals: { $other }
finding-name-twice = This file is twice in the archive, both the same.
finding-name-twice-different = Two different files have the same name.
finding-entry-larger-than-declared = A file is larger than the archive says: it is damaged or a trap.
finding-entry-damaged = A file of the archive is damaged. Export it again, or send the file again.
finding-files-outside-root = { $count } files outside the folder “{ $folder }” were left out.

finding-encoding-unknown = The encoding it names is unknown: { $encoding }
finding-encoding-assumed = The manifest is not in the encoding it names; it was read as { $encoding }. Check accented letters.
finding-encoding-broken = The manifest breaks its encoding ({ $encoding }).
finding-encoding-other = The manifest is in { $encoding }.
finding-xml-doctype = The manifest has a DOCTYPE, which is not allowed: it could make us read other files.
finding-xml-too-large = The manifest is too large or too deep to be one.
finding-xml-malformed = The manifest is not correct XML: { $detail }

finding-manifest-missing = The package holds neither imsmanifest.xml, nor cmi5.xml, nor tincan.xml: is it a training package?
finding-manifest-in-folder = The manifest is in the folder “{ $folder }” instead of the root; that folder was taken for the root.
finding-manifest-case = The manifest should be called { $expected }.
finding-manifest-root-unknown = The manifest begins with an unexpected element: { $root }
finding-several-packages = The archive holds several packages ({ $first } and { $second }). Import them one by one.
finding-several-manifests = The package has several manifests; { $used } was followed, not { $others }.
finding-too-many-activities = The manifest has more than { $limit } activities.
finding-outline-too-large = The outline of the manifest, with its texts and rules, is larger than that of any course.
finding-nothing-to-launch = Nothing in this package can be opened.

finding-edition-assumed = The edition of SCORM is not stated clearly ({ $stated }); the package is read as { $assumed }.
finding-resource-twice = Two resources have the same identifier: { $identifier }
finding-default-organization-unknown = The default organization does not exist: { $default }
finding-organization-empty = The organization “{ $identifier }” holds nothing to open; it is left out.
finding-organization-missing = The manifest has no outline; its resources are offered as they are.
finding-identifier-missing = An item has no identifier; it was given { $given }.
finding-identifier-twice = Two items have the same identifier: { $identifier }
finding-title-missing = An item has no title: { $identifier }
finding-item-without-resource = An item of the outline opens nothing: { $identifier }
finding-cluster-with-resource = A chapter opens a page as well, which SCORM 2004 does not provide for: { $identifier }
finding-reference-dangling = An item of the outline refers to a resource that does not exist: { $reference }
finding-resource-without-href = A resource of the outline has no address.
finding-href-inexact = The address “{ $written }” was understood as “{ $found }”.
finding-href-with-query = The address carries parameters: { $href }
finding-href-unsafe = This address cannot be opened: { $href }
finding-launch-file-missing = The page to open is not in the package: { $path }
finding-content-elsewhere = The content is on another site: { $url }
finding-mastery-score-invalid = The mastery score is not a number from 0 to 100: { $written }
finding-file-missing = An announced file is not in the package: { $path }
finding-dependency-dangling = A resource depends on another that does not exist: { $reference }
finding-files-undeclared = { $count ->
    [one] One file is announced by no resource: { $example }
   *[other] { $count } files are announced by no resource (for example { $example }).
}
finding-sequencing-reference-dangling = A sequencing rule refers to another that does not exist: { $reference }

finding-cmi5-misplaced = The file cmi5.xml must be at the root of the archive, under this exact name. Make the archive of what the folder holds, not of the folder itself.
finding-cmi5-namespace = The namespace must be { $expected }, not “{ $namespace }”.
finding-cmi5-element-unexpected = In <{ $inside }>, <{ $found }> is out of place. Expected here: { $expected }.
finding-cmi5-element-too-many = In <{ $inside }>, <{ $found }> is one too many.
finding-cmi5-element-missing = In <{ $inside }>, { $expected } is missing.
finding-cmi5-element-without-namespace = The element <{ $found }>, in <{ $inside }>, belongs to no namespace.
finding-cmi5-extension-misplaced = The element <{ $found }> ({ $namespace }) is not allowed at this place of <{ $inside }>: additions come after the elements of cmi5.
finding-cmi5-extension = The course holds additions to cmi5, which Préau leaves aside: { $namespace }
finding-cmi5-extension-without-schema = The course holds additions to cmi5 without naming their schema; Préau leaves them aside: { $namespace }
finding-cmi5-attribute-unknown = The attribute { $name } is not allowed for <{ $inside }>.
finding-cmi5-attribute-missing = The attribute { $name } of <{ $inside }> is missing.
finding-cmi5-text-stray = Text stands among the elements of <{ $inside }>, where none is allowed.
finding-cmi5-language-invalid = “{ $language }” is no language code; write for example fr or fr-FR.
finding-cmi5-id-invalid = A cmi5 identifier must be an absolute address (IRI): “{ $id }”
finding-cmi5-id-twice = Two cmi5 elements of one kind have the same identifier: { $id }
finding-cmi5-id-shared = Two cmi5 elements of different kinds have the same identifier; Préau tells them apart: { $id }
finding-cmi5-iri-invalid = The value of { $name } must be an absolute address (IRI): “{ $iri }”
finding-cmi5-block-empty = A cmi5 block holds no unit.
finding-cmi5-unit-missing = The course holds no unit.
finding-cmi5-objective-unknown = An objective that is referred to does not exist in the course: { $reference }
finding-cmi5-value-unknown = The value “{ $value }” is not allowed for { $name }.
finding-cmi5-url-missing = A cmi5 unit has no address.
finding-cmi5-url-relative = A cmi5.xml without an archive must give whole addresses: { $url }
finding-cmi5-url-characters = The address of a unit holds characters that no address may hold: “{ $url }”. Write: { $meant }
finding-cmi5-url-escape = The address of a unit leads out of the package: { $url }. It must be relative to the folder of cmi5.xml.
finding-cmi5-url-invalid = The address of a unit cannot be opened: { $url }. It takes a page of the package or a whole http or https address.
finding-cmi5-url-reserved = The address of a unit uses a parameter reserved for launching: { $name }
finding-cmi5-file-missing = The page of a unit is not in the package: { $path }

finding-tincan-activity-missing = The tincan.xml file describes no activity.
finding-tincan-id-mapped = The activity identifier “{ $id }” is no absolute address (IRI). Préau gives it one and tells it to the content when it opens; check that a trial run is recorded.
finding-tolerance-on = { $switch ->
    [resume-always] This content is always resumed where the learner stopped, even if it does not ask for it.
    [unset-is-empty] This content gets nothing instead of an error when it reads a value that does not exist yet.
    [answers-as-they-are] The answers of this content are kept as it writes them; their form is not checked.
   *[initialize-again] This content may open its session again after it has ended it.
}
finding-scorm-type-missing = The manifest does not say which files talk to the platform (scormType). Préau listens to every page; those that say nothing are completed when they are left.
finding-content-silent = This content tells nothing of what the learner does. The activity is completed when it is left, and the time counted is how long it was open.
finding-suspend-data-long = This content saved more than { $limit } characters to be resumed where it was left (suspend_data), more than its standard guarantees. Préau keeps them; another service might cut them.
error-file-unreadable = The file { $file } cannot be read: { $cause }

content-missing-title = This file is not in the course.
content-missing-text = The page asked for is not part of this content. Go back to the course and open the activity again; if it happens again, tell the person who published it.
content-expired-title = This address is no longer valid.
content-expired-text = It is several days old. Your progress is kept: close this tab and open the activity again from the course's page.

tolerance = When content does not keep to its standard
tolerance-lead = Some content does not follow SCORM to the letter. Tick only what solves a problem you see: it holds from the next opening on.
tolerance-save = Save
tolerance-turned = Saved. It holds from the next opening on.
tolerance-resume-always = Always resume where the learner stopped
tolerance-resume-always-hint = For content that begins again each time it is opened. Once completed, it begins again all the same.
tolerance-unset-is-empty = Answer with nothing instead of an error
tolerance-unset-is-empty-hint = For content that shows an error because it reads a value nobody has saved yet.
tolerance-answers-as-they-are = Keep answers as they are written
tolerance-answers-as-they-are-hint = For content whose answers to questions are missing, because it does not write them in the form foreseen.
tolerance-initialize-again = Let content open again
tolerance-initialize-again-hint = For content that ends its session on each page and opens another one.
