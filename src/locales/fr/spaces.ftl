# Les espaces collaboratifs.
error-space-unknown = Cet espace n'existe pas, ou n'est pas ouvert pour vous.
error-space-members-only = L'espace « { $name } » est réservé à ses membres.
error-space-name-missing = Indiquez un nom (200 caractères au plus).
error-space-description-long = Cette description est trop longue ({ $longest } caractères au plus).
error-space-external-id-invalid = Cet identifiant ne convient pas : des lettres sans accent, des chiffres et . _ : - (100 caractères au plus).
error-space-external-id-taken = Un autre espace a déjà cet identifiant.
error-space-origin-invalid = « { $origin } » n'est pas une origine : écrivez par exemple https://intranet.exemple.fr, sans chemin.
error-space-role-unknown = Ce rôle n'existe pas.
error-space-programme-unknown = Ce programme n'existe pas, ou n'est pas publié.
error-space-news-unknown = Cette actualité n'existe pas.
error-space-news-title = Donnez un titre d'une ligne ({ $longest } caractères au plus).
error-space-news-long = Cette actualité est trop longue ({ $longest } caractères au plus).
error-feed-unknown = Cette adresse de flux n'est plus valable. Créez-en une nouvelle sur la page de l'espace.

spaces-title = Espaces
spaces-lead = Là où les équipes se forment ensemble.
spaces-mine = Mes espaces
spaces-none = Vous n'êtes dans aucun espace
spaces-none-text = L'animateur d'un espace peut vous y ajouter.
spaces-others = Autres espaces
space-people = { $count ->
    [0] Personne pour l'instant
    [one] 1 personne
   *[other] { $count } personnes
}
space-on-invitation = Sur invitation
space-role-animator = Animateur
space-role-trainer = Formateur
space-role-member = Membre
space-programmes = Programmes
space-programmes-none = Aucun programme n'est proposé ici pour l'instant.
space-programmes-to-publish = Un programme publié pourra être ajouté ici.
space-programme-choose = Programme à proposer
space-programme-add = Ajouter
space-programme-added = « { $title } » est proposé dans l'espace.
space-programme-removed = Le programme n'est plus proposé dans l'espace.
space-news = Actualités
space-news-none = Rien de neuf pour l'instant.
space-news-title = Titre
space-news-body = Texte
space-news-hint = Une ligne vide commence un paragraphe.
space-news-publish = Publier l'actualité
space-news-published = L'actualité est publiée.
space-news-removed = L'actualité est retirée.
space-news-restored = L'actualité est de nouveau visible.
space-members = Membres
space-member-search = Ajouter une personne
space-member-search-hint = Nom ou identifiant
space-member-found = Personnes trouvées
space-member-add = Ajouter
space-member-add-of = Ajouter { $name }
space-member-put = { $role ->
    [animator] { $name } anime maintenant l'espace.
    [trainer] { $name } est maintenant formateur de l'espace.
   *[member] { $name } est maintenant membre de l'espace.
}
space-member-removed = { $name } n'est plus dans l'espace.
space-role = Rôle
space-role-of = Rôle de { $name }
space-role-change = Changer
space-role-change-of = Changer le rôle de { $name }
space-remove = Retirer
space-remove-of = Retirer : { $name }
space-manage = Animer l'espace
space-manage-of = Animer l'espace { $name }
space-settings = Réglages de l'espace
space-acts = Actions
space-feed = Flux Atom
space-feed-lead = Suivez les actualités et les programmes de l'espace dans un lecteur de flux.
space-feed-make = Créer mon adresse de flux
space-feed-again = Créer une nouvelle adresse
space-feed-revoke = Révoquer l'adresse
space-feed-revoked = L'adresse de flux est révoquée.
space-feed-once-title = Cette adresse ne sera plus montrée
space-feed-once = Elle est à vous : qui la connaît lit l'espace en votre nom. Une adresse donnée auparavant ne marche plus.
space-feed-address = Adresse du flux
space-feed-back = Revenir à l'espace
space-feed-programme = Programme : { $title }

spaces-admin-lead = Les espaces de l'intranet, qui peut y entrer et où ils se montrent.
spaces-admin-none = Aucun espace
spaces-admin-none-text = Créez-en un ici, ou laissez l'intranet les créer par l'interface REST.
space-add = Créer un espace
space-add-act = Créer l'espace
space-added = L'espace « { $name } » est créé. Ajoutez ses animateurs.
space-changed = Les réglages sont enregistrés.
space-save = Enregistrer
space-name = Nom
space-external-id = Identifiant dans l'intranet
space-external-id-hint = Celui que l'intranet utilise dans ses adresses et l'interface REST. Facultatif.
space-description = Description
space-visibility = Qui peut entrer
space-visibility-open = Tout le monde
space-visibility-open-hint = Toute personne connectée.
space-visibility-members = Les membres
space-visibility-members-hint = Les autres voient que l'espace existe.
space-visibility-hidden = Les membres, discrètement
space-visibility-hidden-hint = Les autres ne savent pas que l'espace existe.
space-origins = Sites qui peuvent l'afficher
space-origins-hint = Une origine par ligne, comme https://intranet.exemple.fr. Vide : aucun.
space-embed = Afficher dans l'intranet
space-embed-lead = Dans une page d'un site autorisé ci-dessus :
space-archive = Archiver l'espace
space-archive-text = Ses membres ne le voient plus. Rien n'est perdu, et il peut être rétabli.
space-archived = L'espace « { $name } » est archivé.
space-is-archived = Archivé
space-restore = Rétablir
space-restore-of = Rétablir l'espace { $name }
space-restored = L'espace « { $name } » est rétabli.

embed-new-tab = (nouvel onglet)
embed-animators = Animation :
embed-open-space = Ouvrir l'espace dans Préau
embed-signed-in = Connecté : { $name }
embed-sign-in-lead = Pour voir cet espace de formation.
embed-stranger-title = Cet espace n'est pas ouvert pour vous
embed-stranger = Vous êtes connecté au nom de { $name }. Demandez à l'animateur de l'espace de vous y ajouter.
