# Collaborative spaces.
error-space-unknown = This space does not exist, or is not open to you.
error-space-members-only = The space "{ $name }" is for its members.
error-space-name-missing = Give a name (200 characters at most).
error-space-description-long = This description is too long ({ $longest } characters at most).
error-space-external-id-invalid = This identifier will not do: plain letters, digits and . _ : - (100 characters at most).
error-space-external-id-taken = Another space has this identifier.
error-space-origin-invalid = "{ $origin }" is not an origin: write for example https://intranet.example.org, without a path.
error-space-role-unknown = There is no such role.
error-space-programme-unknown = This programme does not exist, or is not published.
error-space-news-unknown = There are no such news.
error-space-news-title = Give a title of one line ({ $longest } characters at most).
error-space-news-long = These news are too long ({ $longest } characters at most).
error-feed-unknown = This feed address is no longer good. Make a new one on the page of the space.

spaces-title = Spaces
spaces-lead = Where teams learn together.
spaces-mine = My spaces
spaces-none = You are in no space
spaces-none-text = The animator of a space can add you to it.
spaces-others = Other spaces
space-people = { $count ->
    [0] Nobody yet
    [one] 1 person
   *[other] { $count } people
}
space-on-invitation = By invitation
space-role-animator = Animator
space-role-trainer = Trainer
space-role-member = Member
space-programmes = Programmes
space-programmes-none = No programme is offered here yet.
space-programmes-to-publish = A published programme can be added here.
space-programme-choose = Programme to offer
space-programme-add = Add
space-programme-added = "{ $title }" is offered in the space.
space-programme-removed = The programme is no longer offered in the space.
space-news = News
space-news-none = Nothing new yet.
space-news-title = Title
space-news-body = Text
space-news-hint = An empty line begins a paragraph.
space-news-publish = Publish the news
space-news-published = The news are published.
space-news-removed = The news are removed.
space-news-restored = The news can be seen again.
space-members = Members
space-member-search = Add somebody
space-member-search-hint = Name or login
space-member-found = People found
space-member-add = Add
space-member-add-of = Add { $name }
space-member-put = { $role ->
    [animator] { $name } now leads the space.
    [trainer] { $name } is now a trainer of the space.
   *[member] { $name } is now a member of the space.
}
space-member-removed = { $name } is no longer in the space.
space-role = Role
space-role-of = Role of { $name }
space-role-change = Change
space-role-change-of = Change the role of { $name }
space-remove = Remove
space-remove-of = Remove: { $name }
space-manage = Lead the space
space-manage-of = Lead the space { $name }
space-settings = Settings of the space
space-acts = Actions
space-feed = Atom feed
space-feed-lead = Follow the news and programmes of the space in a feed reader.
space-feed-make = Make my feed address
space-feed-again = Make a new address
space-feed-revoke = Revoke the address
space-feed-revoked = The feed address is revoked.
space-feed-once-title = This address will not be shown again
space-feed-once = It is yours: whoever knows it reads the space in your name. An address given before no longer works.
space-feed-address = Address of the feed
space-feed-back = Back to the space
space-feed-programme = Programme: { $title }

spaces-admin-lead = The spaces of the intranet, who may come in and where they are shown.
spaces-admin-none = No space
spaces-admin-none-text = Create one here, or let the intranet create them by the REST interface.
space-add = Create a space
space-add-act = Create the space
space-added = The space "{ $name }" is created. Add its animators.
space-changed = The settings are saved.
space-save = Save
space-name = Name
space-external-id = Identifier in the intranet
space-external-id-hint = The one the intranet uses in its addresses and the REST interface. Optional.
space-description = Description
space-visibility = Who may come in
space-visibility-open = Everybody
space-visibility-open-hint = Whoever is signed in.
space-visibility-members = Members
space-visibility-members-hint = The others see that the space exists.
space-visibility-hidden = Members, discreetly
space-visibility-hidden-hint = The others do not know that the space exists.
space-origins = Sites that may show it
space-origins-hint = An origin a line, such as https://intranet.example.org. Empty: none.
space-embed = Show it in the intranet
space-embed-lead = In a page of a site allowed above:
space-archive = Archive the space
space-archive-text = Its members no longer see it. Nothing is lost, and it can be restored.
space-archived = The space "{ $name }" is archived.
space-is-archived = Archived
space-restore = Restore
space-restore-of = Restore the space { $name }
space-restored = The space "{ $name }" is restored.

embed-new-tab = (new tab)
embed-animators = Led by:
embed-open-space = Open the space in Préau
embed-signed-in = Signed in: { $name }
embed-sign-in-lead = To see this training space.
embed-stranger-title = This space is not open to you
embed-stranger = You are signed in as { $name }. Ask the animator of the space to add you.
