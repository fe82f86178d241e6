# Déclarations xAPI : la page des administrateurs et les refus de /xapi/
statements-title = Journal des apprentissages
statements-lead = Tout ce qui a été enregistré, du plus récent au plus ancien. Chaque ligne s'ouvre sur sa preuve.
statements-person = Personne
statements-activity = Cours ou activité
statements-verb = Action
statements-verb-any = Toutes
statements-since = Du
statements-until = Au
statements-registration = Inscription
statements-filter = Filtrer
statements-clear = Effacer les filtres
statements-which = Plusieurs réponses possibles : laquelle ?
statements-empty = Rien n'est encore enregistré
statements-empty-text = Dès qu'une personne ouvre un cours, ce qu'elle fait apparaît ici.
statements-none = Aucun enregistrement ne correspond
statements-none-text = Élargissez la période ou retirez un filtre.
statements-proof = Voir la preuve
statements-json = Déclaration xAPI (JSON)
statements-id = Identifiant
statements-same-activity = Tout ce qui concerne cette activité

error-statement-id-repeated = Deux déclarations de l'envoi portent le même identifiant.
error-statement-conflict = Une autre déclaration porte déjà cet identifiant.
error-statement-number-taken = L'enregistrement n'a pas abouti. Réessayez.
error-batch-too-large = Un lot contient plus de { $most } déclarations : envoyez-les en plusieurs fois.
error-statement-too-large = Une déclaration dépasse la taille acceptée ({ $size }).
error-statement-one = Une seule déclaration peut être envoyée ainsi.
error-statement-id-differs = L'identifiant de la déclaration n'est pas celui de la demande.
error-statement-invalid = La déclaration n'est pas conforme à xAPI.
error-statement-not-json = L'envoi n'est pas du JSON lisible.
error-statement-unknown = Cette déclaration n'existe pas.
error-attachments-too-large = Les pièces jointes dépassent ensemble la taille acceptée ({ $limit } Mio).
error-attachment-encoding = Une pièce jointe doit être envoyée telle quelle (encodage « binary »).
error-attachment-hash-wrong = Le contenu d’une pièce jointe ne correspond pas à son empreinte.
error-attachment-header-missing = Il manque à une pièce jointe l’en-tête { $header }.
error-attachment-unnamed = Une pièce jointe n’est annoncée par aucune déclaration.
error-multipart-boundary = Le type de contenu ne dit pas ce qui sépare les parties de l’envoi.
error-multipart-malformed = Les parties de l’envoi ne sont pas lisibles.
error-multipart-too-many-parts = L’envoi porte plus de { $most } pièces jointes.
error-statements-first = La première partie de l’envoi doit être les déclarations, en JSON.
error-content-type = Ce type de contenu n'est pas accepté ici.
error-parameter-missing = Le paramètre { $name } manque.
error-parameter-wrong = La valeur du paramètre { $name } ne convient pas.
error-parameter-unknown = Le paramètre { $name } est inconnu.
error-parameter-repeated = Le paramètre { $name } est donné deux fois.
error-parameters-too-many = La demande porte plus de { $most } paramètres.
error-document-unknown = Ce document n'existe pas.
error-document-changed = Le document a changé entre-temps.
error-document-condition-missing = Ce document existe déjà : indiquez la version sur laquelle vous vous appuyez.
error-profile-condition-missing = Un profil s'envoie avec la version sur laquelle il s'appuie, ou avec le souhait de le créer.
error-document-not-json = Seuls deux documents JSON peuvent être fusionnés.
error-version-unsupported = La version de xAPI manque ou n'est pas connue.
error-alternate-syntax = La demande en forme de formulaire n'est pas lisible.
error-credential-missing = Cette demande doit porter une clé et son secret.
error-credential-unknown = La clé ou le secret n'est pas valable.
error-outside-launch = Ce contenu ne peut parler que de la personne et de l'inscription pour lesquelles il a été ouvert.
error-cmi5-rule = Ce contenu ne respecte pas la règle { $requirement } de cmi5.
error-launch-may-not-void = Un contenu de formation ne peut pas annuler de déclarations.
error-resource-unknown = Cette ressource n'existe pas.
error-body-unreadable = L'envoi a été interrompu.
error-scope-unknown = Le droit { $scope } n'existe pas.

# Emporter les déclarations, et apporter celles d'un autre système
statements-csv = Télécharger le tableau (CSV)
statements-ndjson = Télécharger les déclarations (NDJSON)
statements-file = Déclarations
statements-stored = Enregistré le
statements-happened = Fait le
statements-sentence = Ce qui s’est passé
statements-person-id = Identifiant de la personne
statements-activity-id = Identifiant de l’activité
statements-scaled = Score
statements-raw = Points
statements-success = Réussi
statements-completion = Terminé
statements-duration = Durée
statements-authority = Source
statements-yes = oui
statements-no = non
imports-link = Reprises
imports-title = Reprise d’un autre système
imports-lead = Apportez les déclarations d’un autre LRS : un fichier NDJSON, une déclaration par ligne. Ce qui est déjà ici n’est pas enregistré deux fois.
imports-choose = Choisir un fichier de déclarations
imports-limit = Jusqu’à { $limit }
imports-before = Fichiers déjà repris
imports-none = Aucun fichier n’a encore été repris.
imports-added = { $count ->
    [0] aucune nouvelle déclaration
    [one] 1 nouvelle déclaration
   *[other] { $count } nouvelles déclarations
}
imports-refused = { $count ->
    [one] 1 ligne refusée
   *[other] { $count } lignes refusées
}
imports-received = Le fichier est arrivé ; ses déclarations sont reprises.
imports-running = La reprise est en cours. Vous pouvez quitter cette page.
imports-left = Encore { $time } environ.
imports-progress = Avancement de la reprise
imports-queued = La reprise va commencer. Vous pouvez quitter cette page.
imports-done = Reprise terminée
imports-failed = La reprise s’est interrompue
imports-stopped = La reprise est arrêtée
imports-kept = Ce qui a été repris est gardé ; la suite peut reprendre là où elle en était.
imports-lines = Lignes lues
imports-new = Nouvelles déclarations
imports-known = Déjà présentes
imports-not-taken = Lignes refusées
imports-cancel = Arrêter
imports-resume = Reprendre
imports-cancelled = La reprise est arrêtée.
imports-resumed = La reprise continue.
imports-problems = Lignes refusées
imports-line = Ligne { $line }
imports-untold = { $count ->
    [one] Une autre ligne a été refusée.
   *[other] { $count } autres lignes ont été refusées.
}
statement-origin = Reprise d’un autre système
statement-origin-file = Fichier
statement-origin-stored = Enregistrement là-bas
statement-origin-authority = Garant là-bas
error-import-unknown = Cette reprise n’existe pas.
error-import-ended = Cette reprise est terminée.
error-import-stopped = La reprise s’est arrêtée avant la fin. La même commande continue là où elle en était.
error-import-under-way = Le même fichier est en cours de reprise. Réessayez.
error-import-too-large = Le fichier dépasse la taille acceptée ({ $limit } Mio).
error-import-id-missing = La déclaration n’a pas d’identifiant : elle serait enregistrée de nouveau à chaque reprise.

# Envoi vers un autre LRS
forwards-link = Envois
forwards-title = Envoi vers d’autres systèmes
forwards-lead = Les déclarations enregistrées ici partent, dans l’ordre, vers les LRS que vous indiquez. Ce qui n’arrive pas est renvoyé, de plus en plus tard, jusqu’à ce que le système réponde.
forwards-none = Rien n’est envoyé à un autre système.
forwards-everything = toutes les déclarations
forwards-sent = { $count ->
    [0] rien d’envoyé
    [one] 1 déclaration envoyée
   *[other] { $count } déclarations envoyées
}
forwards-skipped = { $count ->
    [one] 1 refusée par le destinataire
   *[other] { $count } refusées par le destinataire
}
forwards-is-paused = En pause
forwards-under-way = Envoi en cours
forwards-up-to-date = À jour
forwards-behind = En retard de { $time }
forwards-behind-days = { $n ->
    [one] En retard d’un jour
   *[other] En retard de { $n } jours
}
forwards-oldest = la première qui attend est du { $at }
forwards-next = prochain essai le { $at }
forwards-status = Le destinataire a répondu { $status }
forwards-add = Ajouter un système
forwards-add-act = Ajouter
forwards-name = Nom
forwards-name-missing = Donnez un nom à ce système.
forwards-url = Adresse du LRS
forwards-url-hint = Celle sous laquelle se trouvent ses ressources xAPI. Par exemple : https://lrs.example.fr/xapi
forwards-login = Clé
forwards-login-missing = Indiquez la clé, sans deux-points, et le secret que ce LRS vous a donnés.
forwards-secret = Secret
forwards-version = Version parlée
forwards-activity = Cours ou activité (IRI)
forwards-activity-hint = Laissez vide pour toutes les activités.
forwards-activity-wrong = Écrivez l’identifiant complet (IRI) de l’activité.
forwards-from-now = Seulement à partir de maintenant
forwards-from-now-hint = Sinon tout part depuis le début.
forwards-added = Les déclarations partent vers ce système.
forwards-pause = Mettre en pause
forwards-paused = L’envoi est en pause.
forwards-resume = Reprendre
forwards-resumed = L’envoi reprend là où il en était.
forwards-remove = Retirer
forwards-remove-title = Retirer ce système ?
forwards-remove-text = Plus rien ne lui sera envoyé, et l’on ne saura plus où l’envoi en était. Ce qu’il a reçu lui reste.
forwards-remove-act = Retirer le système
forwards-keep = Garder
forwards-removed = Plus rien n’est envoyé à ce système. Ce qu’il a reçu lui reste.
error-forward-unknown = Ce système n’est pas dans la liste.

# Durée de conservation des déclarations
retention-link = Conservation
retention-title = Durée de conservation
retention-lead = Ce que les outils ont enregistré peut être supprimé au bout d’un certain temps, règle par règle. Une règle ne fait rien tant que vous n’avez pas vu ce qu’elle supprimerait.
retention-stays = Ce qui n’est jamais supprimé
retention-stays-text = Ce qui relève d’une inscription à une formation ou à un programme, ce que Préau a écrit lui-même, les déclarations annulées, celles qui portent sur une autre et celles qu’une autre mentionne, et ce qu’un envoi en marche n’a pas encore transmis.
retention-none = Aucune règle : tout est gardé.
retention-everything = toutes les déclarations
retention-after = { $n ->
    [one] gardées un jour
   *[other] gardées { $n } jours
}
retention-count = { $n ->
    [0] Rien n’a encore été supprimé
    [one] 1 déclaration supprimée
   *[other] { $n } déclarations supprimées
}
retention-last = dernier passage le { $at }
retention-given-up = règle retirée le { $at }
retention-is-on = En marche
retention-is-off = Arrêtée
retention-past = Règles retirées
retention-add = Ajouter une règle
retention-add-act = Voir ce qu’elle supprimerait
retention-name = Nom
retention-name-hint = Par exemple : Simulateur de conduite, deux ans
retention-name-missing = Donnez un nom à cette règle.
retention-days = Jours de conservation
retention-days-hint = Comptés à partir de l’enregistrement ici. Au moins 30.
retention-days-wrong = Indiquez un nombre de jours, de 30 à 36 500.
retention-sender = Écrites par
retention-sender-any = Tous les outils
retention-activity = Cours ou activité (IRI)
retention-activity-hint = Laissez vide pour toutes les activités.
retention-activity-wrong = Écrivez l’identifiant complet (IRI) de l’activité.
retention-added = La règle est prête. Rien n’est supprimé tant qu’elle est arrêtée.
retention-foreseen = Ce qu’elle supprimerait aujourd’hui
retention-would = { $n ->
    [0] Rien : aucune déclaration n’est à la fois assez ancienne et sans protection.
    [one] 1 déclaration.
   *[other] { $n } déclarations.
}
retention-oldest = La plus ancienne
retention-newest = La plus récente
retention-list = Voir les déclarations assez anciennes que vise la règle, protégées ou non
retention-on-text = Chaque nuit, la règle supprime ce qui est devenu assez ancien.
retention-off-text = La suppression commencera la nuit prochaine et sera définitive.
retention-switch-on = Mettre la règle en marche
retention-switched-on = La règle est en marche : elle commencera la nuit prochaine.
retention-switch-off = Arrêter la règle
retention-switched-off = La règle est arrêtée : plus rien n’est supprimé.
retention-done = Ce qu’elle a supprimé
retention-days-caption = Déclarations supprimées, jour par jour
retention-statements = Nombre
retention-change = Modifier la règle
retention-change-text = Modifier la règle l’arrête, le temps de voir ce que la nouvelle supprimerait.
retention-change-act = Enregistrer et voir
retention-changed = La règle est modifiée et arrêtée. Voyez ce qu’elle supprimerait avant de la remettre en marche.
retention-remove = Retirer la règle
retention-remove-title = Retirer cette règle ?
retention-remove-text = Elle ne supprimera plus rien. Ce qu’elle a supprimé ne revient pas ; le compte en reste affiché.
retention-remove-act = Retirer la règle
retention-keep = Garder
retention-removed = La règle est retirée. Plus rien n’est supprimé par elle.
error-retention-unknown = Cette règle n’est pas dans la liste.
error-retention-changed = La règle a été modifiée entre-temps. Voyez ce qu’elle supprimerait maintenant.

# Effacement d’une personne
erasure-title = Effacer la personne
erasure-of = Effacer { $name } ?
erasure-lead = Rien ne pourra revenir en arrière.
erasure-goes = Ce qui disparaît
erasure-goes-person = Son nom, son adresse, son accès et sa place dans les espaces.
erasure-goes-words = Ses réponses écrites et les fichiers joints, dans les déclarations qu’elle a faites.
erasure-goes-enrolments = Les inscriptions qu’une règle lui donnait et qu’elle n’a pas terminées, comme pour toute personne qui part.
erasure-goes-documents = Ce que les formations et les outils gardaient sur elle : points de reprise, états, profils.
erasure-goes-signatures = La signature des déclarations signées qui la nomment : elle contient le texte d’origine et ne vaudrait plus pour le nouveau.
erasure-stays = Ce qui reste
erasure-stays-learnt = Ce qu’elle a appris, sans que l’on sache qui c’était : résultats, réponses aux quiz et programmes terminés restent comptés dans les bilans.
erasure-stays-others = Ce que d’autres ont écrit d’elle en toutes lettres, dans un titre, un message ou une réponse : c’est à chercher et à corriger à la main.
erasure-stays-elsewhere = Ce qui est déjà parti : vers les systèmes qui reçoivent les déclarations, dans les exports et dans les sauvegardes.
erasure-act = Effacer pour toujours
erasure-keep = Ne rien effacer
erasure-begun = La personne n’a plus accès ; ses données sont en cours d’effacement.
error-erasure-own = Personne ne peut s’effacer soi-même : demandez à un autre administrateur.
erasures-title = Effacements
erasures-lead = Les personnes effacées, par le pseudonyme qui les remplace dans les déclarations.
erasures-none = Personne n’a été effacé.
erasures-asked = Demandé par { $name } le { $at }
erasures-statements = { $count ->
    [0] aucune déclaration réécrite
    [one] 1 déclaration réécrite
   *[other] { $count } déclarations réécrites
}
erasures-files = { $count ->
    [0] aucun fichier retiré
    [one] 1 fichier retiré
   *[other] { $count } fichiers retirés
}
erasures-documents = { $count ->
    [0] aucun document retiré
    [one] 1 document retiré
   *[other] { $count } documents retirés
}
erasures-under-way = En cours
erasures-done = Terminé le { $at }

# Accès aux enregistrements (/admin/lrs)
credentials-lead = Les outils qui lisent ou écrivent les enregistrements, par des clés ou des jetons, à l'adresse
credentials-none = Aucun outil n'a encore d'accès
credentials-none-text = Créez un accès pour un tableau de bord, un autre LRS ou un outil auteur.
credentials-caption = Accès, du plus récent au plus ancien
credential-add = Créer un accès
credential-add-act = Créer l'accès
credential-name = Nom de l'outil
credential-name-hint = L'outil répond de ses déclarations sous ce nom.
credential-name-missing = Donnez un nom à l'outil.
credential-scheme = Mode d'accès
credential-scheme-basic = Clé et secret
credential-scheme-basic-hint = Authentification Basic, ce que demandent la plupart des outils xAPI.
credential-scheme-bearer = Jeton
credential-scheme-bearer-hint = OAuth 2, en-tête « Authorization: Bearer ».
credential-scopes = Droits
credential-scopes-missing = Cochez au moins un droit.
credential-scope-statements-write = Écrire des déclarations
credential-scope-statements-read-mine = Lire ses propres déclarations
credential-scope-statements-read = Lire toutes les déclarations
credential-scope-state = Lire et écrire les états
credential-scope-profile = Lire et écrire les profils
credential-scope-define = Compléter la description des activités et des personnes
credential-scope-all-read = Tout lire
credential-scope-all = Tout
credential-last-used = Dernière utilisation
credential-never = Jamais
credential-requests = Demandes en { $n } jours
credential-state = État
credential-is-open = Ouvert
credential-is-revoked = Révoqué
credential-revoked-text = Cet accès est fermé depuis le { $at }. Ce que l'outil a écrit reste.
credential-previous-title = L'ancien secret est encore accepté
credential-previous-text = L'ancien secret reste valable jusqu'au { $until }.
credential-key = Clé
credential-secret = Secret
credential-token = Jeton
credential-endpoint = Adresse
credential-oauth = Jetons OAuth 2
credential-created = Création
credential-written = Déclarations
credential-written-open = Voir ce que cet outil a écrit
credential-use = Utilisation
credential-unused = Rien au cours des 30 derniers jours.
credential-use-caption = Demandes par jour, 30 derniers jours
credential-day = Jour
credential-reads = Lectures
credential-writes = Écritures
credential-refused = Refus
credential-rate = Limite
credential-rate-field = Limite, en demandes par seconde
credential-rate-hint = Vide : la limite de l'installation. 0 : aucune limite.
credential-rate-act = Changer la limite
credential-rate-set = La limite est changée.
credential-rotate = Secret
credential-rotate-text = Un nouveau secret remplace celui de l'outil, par exemple quand une personne qui le connaît s'en va. La clé et les droits ne changent pas.
credential-goes-on = L'ancien secret reste valable 24 heures, le temps de changer le réglage de l'outil
credential-rotate-act = Créer un nouveau secret
credential-made = L'accès de { $name } est créé
credential-rotated = Nouveau secret de { $name }
credential-once-title = À copier maintenant
credential-once = Le secret de { $name } ne sera plus affiché. Le serveur n'en garde qu'une empreinte.
credential-kept = Le secret est copié
credential-revoke = Révoquer
credential-revoke-title = Révoquer cet accès ?
credential-revoke-text = L'outil n'entre plus, tout de suite et pour toujours. Ce qu'il a écrit reste. Pour le laisser entrer à nouveau, il faudra créer un autre accès.
credential-revoke-act = Révoquer l'accès
credential-revoked = L'accès de { $name } est révoqué.
error-credential-not-found = Cet accès n'existe pas, ou il a été révoqué.
error-rate-invalid = Une limite est un nombre entier de 0 à { $most }.
error-too-many-requests = Trop de demandes en peu de temps. Réessayez dans { $seconds } s.

# Une déclaration, et son annulation
statements-order = Ordre
statements-newest = Les plus récentes d'abord
statements-oldest = Les plus anciennes d'abord
statements-more-filters = Autres filtres
statements-verb-iri = Action, par son IRI
statements-related-agents = La personne citée à n'importe quel titre (enseignant, équipe, répondant)
statements-only-activity = L'activité seule, sans ce qui en fait partie
statements-live = En direct
statements-live-on = Les nouveaux enregistrements s'affichent d'eux-mêmes.
statements-live-off = En pause.
statements-live-full = Beaucoup de nouveaux enregistrements : rechargez la page pour continuer.
statements-live-one = 1 nouvel enregistrement.
statements-live-many = { $n } nouveaux enregistrements.
statements-pause = Mettre en pause
statements-resume = Reprendre
statements-open = Ouvrir cette déclaration
statements-limited = Vous voyez les enregistrements des personnes de : { $units }.
statement-title = Déclaration
statement-occurred = Moment de l'action
statement-stored = Enregistrement
statement-authority = Garant
statement-files = Pièces jointes
statement-file-elsewhere = À son adresse d'origine
statement-file-missing = Non transmise avec la déclaration
statement-is-voided = Annulée
statement-voided-text = { $name } a annulé cette déclaration le { $at }.
statement-voided-reason = Motif : { $reason }
statement-void = Annuler cette déclaration
statement-void-title = Annuler cette déclaration ?
statement-void-text = Une déclaration annulée ne compte plus : ni dans les résultats, ni dans les rapports. Elle reste lisible ici. Une annulation ne se défait pas.
statement-void-reason = Motif
statement-void-reason-hint = Il est enregistré avec l'annulation, sous votre nom.
statement-void-act = Annuler la déclaration
statement-void-keep = La garder
statement-voided = La déclaration est annulée.
statement-void-reason-missing = Donnez le motif.
error-statement-voided-already = Cette déclaration est déjà annulée.
error-statement-is-voiding = Une annulation ne s'annule pas.
