# Contenus écrits dans Préau : pages, documents, liens
error-content-unknown = Ce contenu n'existe pas, ou plus.
error-content-kind-unknown = Ce genre de contenu n'existe pas.
error-content-too-large = Ce contenu est trop grand : { $limit } Kio au plus.
error-draft-changed = { $by ->
    [known] { $name } a enregistré ce contenu entre-temps. Votre texte n'a rien remplacé.
   *[unknown] Quelqu'un a enregistré ce contenu entre-temps. Votre texte n'a rien remplacé.
}
error-asset-unknown = Ce fichier n'est plus dans le contenu.
error-content-without-title = Donnez un titre avant de publier.
error-content-without-text = Écrivez un texte avant de publier.
error-content-without-file = Déposez un fichier avant de publier.
error-link-address-invalid = L'adresse doit commencer par https:// ou http://.
error-file-too-large = Ce fichier est trop lourd : { $limit } Mio au plus.
error-picture-unreadable = Ce fichier n'est pas une image que nous savons lire. Utilisez une image PNG, JPEG, GIF ou WebP.
error-picture-too-large = Cette image est trop grande : { $limit } pixels de côté au plus.
error-document-kind-refused = Ce type de fichier n'est pas accepté. Déposez un PDF, un fichier bureautique (Office ou OpenDocument), une image ou un texte.
error-document-with-macros = Ce fichier contient des macros, qui ne sont pas acceptées. Enregistrez-le sans macros, puis déposez-le de nouveau.

content-new-title = Nouveau contenu
content-new-lead = Écrit ici, suivi comme une formation, prêt à entrer dans un programme.
content-new-kind = Que voulez-vous préparer ?
content-hint-page = Un texte avec des images, à lire dans la page.
content-hint-document = Un fichier à lire ou à télécharger : PDF, bureautique, image.
content-hint-link = L'adresse d'un site, avec une phrase qui dit pourquoi l'ouvrir.
content-hint-quiz = Des questions, corrigées aussitôt.
content-title = Titre
content-begin = Commencer
content-untitled = Sans titre

content-text = Texte
content-text-hint = Mise en forme Markdown : **gras**, listes avec un tiret, ## titre, [lien](https://…).
content-sentence = Une phrase pour l'apprenant
content-sentence-hint = Ce qu'il va y trouver, et pourquoi l'ouvrir.
content-address = Adresse
content-address-hint = Elle commence par https:// ; le site s'ouvre dans un nouvel onglet.
content-preview = Aperçu
content-preview-empty = L'aperçu apparaît ici quand vous écrivez.
content-tools = Mise en forme
content-tool-heading = Titre
content-tool-bold = Gras
content-tool-list = Liste
content-tool-link = Lien
content-tool-picture = Image
content-bold-sample = texte en gras
content-link-sample = texte du lien
content-settings = Réglages
content-finish = C'est terminé quand l'apprenant…
content-finish-opened-page = l'a ouvert
content-finish-opened-document = a ouvert ou téléchargé le fichier
content-finish-opened-link = a ouvert le lien
content-finish-confirmed = le dit lui-même, avec le bouton « J'ai lu »
content-language = Langue du contenu
content-language-fr = Français
content-language-en = Anglais
content-open = Proposer aussi dans le catalogue, à tout le monde
content-save = Enregistrer
content-publish = Publier
content-publish-again = Publier une nouvelle version
content-state-saved = Enregistré
content-state-unsaved = Non enregistré
content-state-saving = Enregistrement…
content-saved = C'est enregistré.
content-published = Version { $number } publiée.
content-conflict = Votre texte n'est pas enregistré
content-conflict-see = Voir ce qui est enregistré
content-conflict-keep = Pour le remplacer par votre texte, enregistrez de nouveau.
content-conflict-replace = Remplacer par mon texte
content-refused = Ce n'est pas encore possible
content-new-tab = nouvel onglet
content-table = Tableau

content-picture-title = Ajouter une image
content-picture-file = Image (PNG, JPEG, GIF ou WebP, 10 Mio au plus)
content-picture-alt = Que montre l'image ?
content-picture-alt-hint = Pour les personnes qui ne la voient pas. Laissez vide si elle ne fait que décorer.
content-picture-add = Ajouter
content-picture-added = L'image est ajoutée à la fin du texte.
content-picture-sending = Envoi de l'image…
content-picture-failed = L'image n'a pas été ajoutée. Vérifiez la connexion, puis réessayez.
content-picture-missing = Choisissez une image.

content-file = Fichier
content-file-drop = Choisir un fichier
content-file-replace = Remplacer le fichier
content-file-hint = PDF, Office, OpenDocument, image ou texte, 50 Mio au plus.
content-file-kept = Le fichier est enregistré.
content-file-refused = { $reason }

content-online = En ligne
content-online-none = Pas encore publié : personne ne le voit.
content-view = Voir comme un apprenant
content-offer = Proposer dans le catalogue
content-add-to-programme = Ajouter au programme
content-versions = Versions
content-version = Version { $number }
content-version-learners = { $n ->
    [0] personne ne l'a commencée
    [one] { $n } personne la suit
   *[other] { $n } personnes la suivent
}
content-versions-note = Qui a commencé une version la garde jusqu'au bout.
content-delete = Supprimer ce contenu
content-delete-sure = Le brouillon et toutes ses versions seront supprimés. Un contenu que quelqu'un a commencé ne peut pas l'être.

learn-read = J'ai lu
learn-read-hint = À la fin de votre lecture, dites-le ici : l'étape sera terminée.
learn-done = C'est terminé
learn-done-preview = Aperçu : pour un apprenant, l'étape serait terminée.
learn-back = Revenir
learn-open = Ouvrir
learn-open-link = Ouvrir { $host }
learn-download = Télécharger
learn-opened-counts = L'étape est terminée dès que vous l'avez ouvert.
