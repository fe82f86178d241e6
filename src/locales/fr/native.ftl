# Contenus écrits dans Préau : pages, documents, liens
error-content-unknown = Ce contenu n'existe pas, ou plus.
error-content-kind-unknown = Ce genre de contenu n'existe pas.
error-content-too-large = Ce contenu est trop grand : { $limit } Kio au plus.
error-draft-changed = { $name ->
    [""] Ce contenu a été enregistré ailleurs entre-temps.
   *[other] { $name } a enregistré ce contenu entre-temps.
} Votre texte n'a rien remplacé.
error-asset-unknown = Ce fichier n'est plus dans le contenu.
