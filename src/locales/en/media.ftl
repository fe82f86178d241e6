media-title = Playing
media-work-name = Preparation for playing
media-work-waiting = The preparation for playing waits for its turn.
media-work-running = A light version that plays everywhere, at the right volume, is being made.
media-work-began = The preparation begins.
media-work-left = About { $time } left.
media-work-leave = You may leave this page: the work goes on.
media-work-done = Ready for every device
media-work-sizes = { $before } imported, { $after } played
media-work-as-is = The file is fine as it is ({ $size }).
media-work-failed = The preparation did not succeed
media-work-stopped = The preparation was stopped.
media-work-original = The imported file is played as it is: some devices may not play it.
media-work-none = The imported file is played as it is.
media-work-cancel = Stop the preparation
media-work-again = Prepare for playing
media-work-cancelled = The preparation is stopped.
error-media-unreadable = This file cannot be converted: it is damaged, or of a kind that Préau cannot read.
error-media-crashed = This file made the conversion fail: it is probably damaged.
error-media-hung = The conversion no longer answered; it was stopped.
error-media-encoder-missing = The conversion library of this server cannot write H.264 (libx264).
error-job-lost = This work was taken over elsewhere; it goes on there.
error-job-abandoned = The work was interrupted several times; it was given up.

media-completion = When it is done
media-completion-share = Share to be watched or heard, in %
media-completion-hint = Each part counts once. 90% leaves out the credits.
media-completion-save = Save
media-completion-saved = Done from { $percent }% on. Those who were done stay so.
error-completion-invalid = The share to be watched goes from 1 to 100%.

captions-title = Captions
captions-none = No captions yet. They serve deaf people, and everybody who watches without sound.
captions-language = Language
captions-file = Caption file
captions-file-hint = WebVTT (.vtt) or SubRip (.srt).
captions-add = Add the captions
captions-edit = Edit
captions-remove = Remove
captions-saved = { $n ->
    [one] One caption saved ({ $language }).
   *[other] { $n } captions saved ({ $language }).
}
captions-removed = The captions are removed ({ $language }).
captions-restored = The captions are back ({ $language }).
captions-refused = These captions are not saved
captions-edit-title = Captions: { $language }
captions-edit-lead = A line for the times, then the text, then an empty line.
captions-text = Text
captions-save = Save
captions-back = Back to the film
captions-fine = { $count ->
    [one] One caption, nothing to mend.
   *[other] { $count } captions, nothing to mend.
}
captions-no-file = Choose a file.
captions-too-large = This file is too large for captions.
captions-empty = There are no captions.
captions-unknown = Line { $line }: this is neither WebVTT nor SubRip. A WebVTT file begins with "WEBVTT".
captions-times-missing = Line { $line }: the times are missing, such as 00:01.000 --> 00:04.000.
captions-times-invalid = Line { $line }: these times cannot be read. Write them like 00:01.000 --> 00:04.000.
captions-times-backwards = Line { $line }: the end comes before the beginning.
captions-times-disordered = Line { $line }: this caption begins before the one before it.
captions-blank-line-missing = Line { $line }: an empty line is missing before these times.
captions-too-many = Line { $line }: there are too many captions.
error-captions-unknown = These captions do not exist, or no longer.
error-captions-language-unknown = This language is not offered.
