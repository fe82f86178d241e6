# Content written in Préau: pages, documents, links
error-content-unknown = This content does not exist, or no longer does.
error-content-kind-unknown = There is no such kind of content.
error-content-too-large = This content is too large: { $limit } KiB at most.
error-draft-changed = { $by ->
    [known] { $name } saved this content in the meantime. Your text has replaced nothing.
   *[unknown] Somebody saved this content in the meantime. Your text has replaced nothing.
}
error-asset-unknown = This file is no longer in the content.
error-content-without-title = Give it a title before publishing.
error-content-without-text = Write a text before publishing.
error-content-without-file = Add a file before publishing.
error-link-address-invalid = The address must begin with https:// or http://.
error-file-too-large = This file is too large: { $limit } MiB at most.
error-picture-unreadable = This file is not a picture we can read. Use a PNG, JPEG, GIF or WebP.
error-picture-too-large = This picture is too large: { $limit } pixels a side at most.
error-document-kind-refused = This type of file is not accepted. Use a PDF, an office file (Office or OpenDocument), a picture or a text.
error-document-with-macros = This file holds macros, which are not accepted. Save it without macros, then add it again.

content-new-title = New content
content-new-lead = Written here, followed like a course, ready for a programme.
content-new-kind = What do you want to prepare?
content-hint-page = A text with pictures, read on the page.
content-hint-document = A file to read or download: PDF, office file, picture.
content-hint-link = The address of a site, with a sentence that says why to open it.
content-hint-quiz = Questions, marked at once.
content-title = Title
content-begin = Begin
content-untitled = Untitled

content-text = Text
content-text-hint = Markdown: **bold**, lists with a dash, ## heading, [link](https://…).
content-sentence = A sentence for the learner
content-sentence-hint = What they will find there, and why to open it.
content-address = Address
content-address-hint = It begins with https://; the site opens in a new tab.
content-preview = Preview
content-preview-empty = The preview appears here as you write.
content-tools = Formatting
content-tool-heading = Heading
content-tool-bold = Bold
content-tool-list = List
content-tool-link = Link
content-tool-picture = Picture
content-bold-sample = bold text
content-link-sample = text of the link
content-settings = Settings
content-finish = It is done when the learner…
content-finish-opened-page = has opened it
content-finish-opened-document = has opened or downloaded the file
content-finish-opened-link = has opened the link
content-finish-confirmed = says so, with the button “I have read it”
content-language = Language of the content
content-language-fr = French
content-language-en = English
content-open = Also offer it in the catalogue, to everybody
content-save = Save
content-publish = Publish
content-publish-again = Publish a new version
content-state-saved = Saved
content-state-unsaved = Not saved
content-state-saving = Saving…
content-saved = It is saved.
content-published = Version { $number } published.
content-conflict = Your text is not saved
content-conflict-see = See what is saved
content-conflict-keep = To replace it with your text, save again.
content-conflict-replace = Replace it with my text
content-refused = This is not possible yet
content-new-tab = new tab
content-table = Table

content-picture-title = Add a picture
content-picture-file = Picture (PNG, JPEG, GIF or WebP, 10 MiB at most)
content-picture-alt = What does the picture show?
content-picture-alt-hint = For people who do not see it. Leave it empty if it only decorates.
content-picture-add = Add
content-picture-added = The picture is added at the end of the text.
content-picture-sending = Sending the picture…
content-picture-failed = The picture was not added. Check the connection, then try again.
content-picture-missing = Choose a picture.

content-file = File
content-file-drop = Choose a file
content-file-replace = Replace the file
content-file-hint = PDF, Office, OpenDocument, picture or text, 50 MiB at most.
content-file-kept = The file is saved.
content-file-refused = { $reason }

content-online = Online
content-online-none = Not published yet: nobody sees it.
content-view = See it as a learner
content-offer = Offer it in the catalogue
content-add-to-programme = Add to the programme
content-versions = Versions
content-version = Version { $number }
content-version-learners = { $n ->
    [0] nobody began it
    [one] { $n } person follows it
   *[other] { $n } people follow it
}
content-versions-note = Who began a version keeps it to the end.
content-delete = Delete this content
content-delete-sure = The draft and all its versions will be deleted. Content that somebody has begun cannot be.

learn-read = I have read it
learn-read-hint = When you have finished reading, say so here: the step will be done.
learn-done = It is done
learn-done-preview = Preview: for a learner, the step would be done.
learn-back = Back
learn-open = Open
learn-open-link = Open { $host }
learn-download = Download
learn-opened-counts = The step is done as soon as you have opened it.
