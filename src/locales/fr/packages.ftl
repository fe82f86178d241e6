import-title = Importer une formation
import-lead = Un paquet SCORM, cmi5 ou xAPI, une vidéo ou un son : Préau le lit, dit ce qu'il en pense et prépare le cours.
import-choose = Choisir un fichier
import-limit = { $limit } au plus
import-refused = Ce fichier n'a pas pu être importé
import-nothing-kept = Rien n'a été gardé. Corrigez le fichier et envoyez-le à nouveau.
import-what = Ce que vous pouvez importer
import-what-packages = Une archive zip : SCORM 1.2, SCORM 2004, cmi5 ou xAPI ; ou un fichier cmi5.xml seul.
import-what-media = Une vidéo (MP4, WebM) ou un son (MP3, M4A).
import-what-next = La formation reste invisible pour les apprenants jusqu'à ce que vous la publiiez.

package-imported = La formation est importée. Regardez-la, puis publiez-la.
package-deleted = Le paquet est supprimé.
package-kept = Ce paquet n'est pas supprimé : des apprenants ont déjà commencé.
size-bytes = { $size } octets
size-kib = { $size } Kio
size-mib = { $size } Mio
size-gib = { $size } Gio
package-sound = Rien à signaler
package-sound-text = Tout ce que le paquet annonce est là. Regardez-le comme un apprenant avant de le publier.
package-attention = { $n ->
    [one] Un point à regarder
   *[other] { $n } points à regarder
}
package-notes = { $n ->
    [one] Une remarque
   *[other] { $n } remarques
}
package-outline = Sommaire
package-preview = Voir comme un apprenant
package-cannot-open = Ne s'ouvre pas
package-in-use-note = { $n ->
    [one] Ce paquet ne peut pas être supprimé : un apprenant l'a commencé.
   *[other] Ce paquet ne peut pas être supprimé : { $n } apprenants l'ont commencé.
}
package-delete = Supprimer ce paquet
package-delete-sure = Le paquet, ses formations et ses fichiers seront effacés pour de bon.
package-delete-yes = Supprimer pour de bon

error-package-refused = Ce paquet est refusé. { $reason }
error-package-unknown = Ce paquet n'existe pas, ou plus.
error-switch-not-offered = Le réglage « { $switch } » ne change rien pour cette sorte de paquet.
error-package-in-use = Ce paquet ne peut pas être supprimé : { $count } apprenants l'ont commencé, et ce qu'ils ont fait est gardé.
error-package-in-programme = Ce paquet ne peut pas être supprimé : { $count ->
    [one] un programme en fait une étape. Retirez-la d'abord.
   *[other] { $count } programmes en font une étape. Retirez-la d'abord.
}
error-package-too-large = Ce fichier est trop lourd : { $limit } Mio au plus.
error-upload-interrupted = L'envoi s'est interrompu. Rien n'a été gardé.
error-upload-empty = Aucun fichier n'est arrivé, ou il est vide.

replace-title = Remplacer par une nouvelle version
replace-lead = Envoyez la nouvelle version du paquet. Rien ne change pour personne avant que vous ayez vu ce qu'elle modifie et donné votre accord.
replace-link = Remplacer par une nouvelle version
replace-versions = Versions
replace-waits = Une nouvelle version attend votre décision
replace-waits-look = Voir ce qu'elle change
replace-received = La nouvelle version est arrivée. Voyez ce qu'elle change avant de la mettre en service.
replace-adopted = La nouvelle version est en service.
replace-discarded = La nouvelle version est abandonnée. Rien n'a changé.
replace-gone = Cette version n'attend plus : elle a été mise en service, abandonnée ou remplacée par une autre.
replace-new = Nouveau
replace-new-text = Ce cours n'existait pas. Il restera invisible jusqu'à ce que vous le publiiez.
replace-gone-tag = N'y est plus
replace-gone-text = La nouvelle version n'a plus ce cours. Il quitte le catalogue ; qui l'a commencé peut le finir.
replace-same = { $n ->
    [one] La même activité qu'aujourd'hui.
   *[other] Les mêmes { $n } activités qu'aujourd'hui.
}
replace-kept = { $n ->
    [0] Aucune activité n'est reconnue : ce cours a changé en entier, ou l'outil auteur a renommé ses parties.
    [one] Une activité est dans les deux versions.
   *[other] { $n } activités sont dans les deux versions.
}
replace-added = { $n ->
    [one] Une activité ajoutée
   *[other] { $n } activités ajoutées
}
replace-removed = { $n ->
    [one] Une activité retirée
   *[other] { $n } activités retirées
}
replace-steps = Des programmes ont une étape sur une activité retirée. Corrigez-les ensuite :
replace-decide = Mettre en service
replace-completed = { $n ->
    [0] Personne n'a encore terminé.
    [one] La personne qui a terminé garde son résultat.
   *[other] Les { $n } personnes qui ont terminé gardent leur résultat.
}
replace-running = { $n ->
    [one] Une personne a commencé sans avoir terminé
   *[other] { $n } personnes ont commencé sans avoir terminé
}
replace-finish = Elles finissent sur l'ancienne version
replace-finish-hint = Rien ne change pour elles. Seules les personnes qui commencent à partir de maintenant voient la nouvelle version.
replace-restart = Elles recommencent sur la nouvelle version
replace-restart-hint = À leur prochaine visite, elles repartent du début. Ce qu'elles avaient fait reste dans leur dossier.
replace-nobody = Personne n'est en train de suivre ce cours : la nouvelle version vaut pour tous.
replace-adopt = Mettre en service
replace-discard = Abandonner cette version
replace-another = Envoyer un autre fichier
error-package-kind-differs = Une nouvelle version doit suivre la même norme que l'ancienne. Importez ce fichier comme une formation à part.
error-candidate-unknown = Cette version n'attend plus : elle a été mise en service, abandonnée ou remplacée par une autre.

# Ce qu'un import remarque. Une phrase pour la personne qui a fait ou envoyé le paquet.
finding-more-of-the-same = Et { $count } autres remarques du même genre ({ $code }).
finding-same-content-as = Le même fichier a déjà été importé : « { $title } ».
finding-kind-unknown = Ce fichier n'est ni une archive zip, ni un cmi5.xml, ni une vidéo ou un son que Préau sait lire.
finding-media-unreadable = Ce fichier se présente comme une vidéo ou un son, mais ne peut pas être lu.

finding-archive-unreadable = L'archive zip est illisible : elle est tronquée ou abîmée. Refaites l'export, ou renvoyez le fichier.
finding-archive-unsupported = L'archive est en plusieurs morceaux ou d'une sorte qui ne peut pas être lue.
finding-archive-empty = L'archive ne contient aucun fichier.
finding-archive-bomb = L'archive se déplie démesurément ({ $size } Mio) : ce n'est pas une formation.
finding-archive-in-archive = Le paquet était lui-même dans une archive zip : c'est l'archive qu'elle contenait qui a été importée, sans ce qui l'entourait.
finding-archives-inside = L'archive ne contient pas de manifeste, mais d'autres archives ({ $count }) : envoyez le paquet de formation lui-même, un par envoi.
finding-archive-inside-too-large = L'archive contenue dans celle-ci dépasse la taille permise ({ $limit } Mio).
finding-unpacked-too-large = Une fois dépliée, l'archive prendrait { $size } Mio ; la limite est de { $limit } Mio.
finding-too-many-entries = L'archive contient { $count } fichiers ; la limite est de { $limit }.
finding-names-too-long = Les noms des fichiers de l'archive sont démesurément longs.
finding-path-unsafe = Un nom de fichier sort du dossier du paquet : { $path }
finding-name-invalid = Un nom de fichier contient des caractères interdits : { $path }
finding-name-too-long = Un nom de fichier est trop long : { $path }
finding-symlink = L'archive contient un lien au lieu d'un fichier.
finding-encrypted = L'archive est protégée par un mot de passe. Refaites-la sans mot de passe.
finding-compression-unsupported = Un fichier est compressé d'une façon inhabituelle ({ $method }). Refaites une archive zip ordinaire.
finding-names-backslashes = { $count } noms de fichiers utilisent « \ » au lieu de « / » ; ils ont été corrigés (par exemple { $example }).
finding-entries-overlap = Des fichiers de l'archive se chevauchent : elle est abîmée ou piégée.
finding-file-folder-conflict = Le même nom sert à un fichier et à un dossier.
finding-case-collision = Ce nom ne diffère d'un autre que par les majuscules : { $other }
finding-name-twice = Ce fichier est deux fois dans l'archive, à l'identique.
finding-name-twice-different = Deux fichiers différents portent le même nom.
finding-entry-larger-than-declared = Un fichier est plus grand que l'archive ne le dit : elle est abîmée ou piégée.
finding-entry-damaged = Un fichier de l'archive est abîmé. Refaites l'export, ou renvoyez le fichier.
finding-files-outside-root = { $count } fichiers hors du dossier « { $folder } » ont été laissés de côté.

finding-encoding-unknown = L'encodage annoncé est inconnu : { $encoding }
finding-encoding-assumed = Le manifeste n'est pas dans l'encodage qu'il annonce ; il a été lu en { $encoding }. Vérifiez les accents.
finding-encoding-broken = Le manifeste ne respecte pas son encodage ({ $encoding }).
finding-encoding-other = Le manifeste est en { $encoding }.
finding-xml-doctype = Le manifeste contient un DOCTYPE, qui n'est pas permis : il pourrait faire lire d'autres fichiers.
finding-xml-too-large = Le manifeste est trop gros ou trop profond pour en être un.
finding-xml-malformed = Le manifeste n'est pas un XML correct : { $detail }

finding-manifest-missing = Le paquet ne contient ni imsmanifest.xml, ni cmi5.xml, ni tincan.xml : est-ce bien un module de formation ?
finding-manifest-in-folder = Le manifeste est dans le dossier « { $folder } » au lieu de la racine ; ce dossier a été pris pour racine.
finding-manifest-case = Le manifeste devrait s'appeler { $expected }.
finding-manifest-root-unknown = Le manifeste commence par un élément inattendu : { $root }
finding-several-packages = L'archive contient plusieurs paquets ({ $first } et { $second }). Importez-les un par un.
finding-several-manifests = Le paquet a plusieurs manifestes ; { $used } a été suivi, et non { $others }.
finding-too-many-activities = Le manifeste compte plus de { $limit } activités.
finding-outline-too-large = Le plan du manifeste, avec ses textes et ses règles, est plus grand que celui de tout cours.
finding-nothing-to-launch = Rien dans ce paquet ne peut être ouvert.

finding-edition-assumed = L'édition de SCORM n'est pas dite clairement ({ $stated }) ; le paquet est lu comme { $assumed }.
finding-resource-twice = Deux ressources ont le même identifiant : { $identifier }
finding-default-organization-unknown = L'organisation par défaut n'existe pas : { $default }
finding-organization-empty = L'organisation « { $identifier } » ne contient rien à ouvrir ; elle est laissée de côté.
finding-organization-missing = Le manifeste n'a pas de sommaire ; ses ressources sont proposées telles quelles.
finding-identifier-missing = Un élément n'a pas d'identifiant ; il a reçu { $given }.
finding-identifier-twice = Deux éléments ont le même identifiant : { $identifier }
finding-title-missing = Un élément n'a pas de titre : { $identifier }
finding-item-without-resource = Un élément du sommaire n'ouvre rien : { $identifier }
finding-cluster-with-resource = Un chapitre ouvre aussi une page, ce que SCORM 2004 ne prévoit pas : { $identifier }
finding-reference-dangling = Un élément du sommaire renvoie à une ressource qui n'existe pas : { $reference }
finding-resource-without-href = Une ressource du sommaire n'a pas d'adresse.
finding-href-inexact = L'adresse « { $written } » a été comprise comme « { $found } ».
finding-href-with-query = L'adresse porte des paramètres : { $href }
finding-href-unsafe = Cette adresse ne peut pas être ouverte : { $href }
finding-launch-file-missing = La page à ouvrir n'est pas dans le paquet : { $path }
finding-content-elsewhere = Le contenu est sur un autre site : { $url }
finding-mastery-score-invalid = Le score de réussite n'est pas un nombre entre 0 et 100 : { $written }
finding-file-missing = Un fichier annoncé n'est pas dans le paquet : { $path }
finding-dependency-dangling = Une ressource dépend d'une autre qui n'existe pas : { $reference }
finding-files-undeclared = { $count ->
    [one] Un fichier n'est annoncé par aucune ressource : { $example }
   *[other] { $count } fichiers ne sont annoncés par aucune ressource (par exemple { $example }).
}
finding-sequencing-reference-dangling = Une règle de parcours renvoie à une autre qui n'existe pas : { $reference }

finding-cmi5-misplaced = Le fichier cmi5.xml doit être à la racine de l'archive, sous ce nom exact. Refaites l'archive à partir du contenu du dossier, et non du dossier lui-même.
finding-cmi5-namespace = L'espace de noms doit être { $expected }, et non « { $namespace } ».
finding-cmi5-element-unexpected = Dans <{ $inside }>, <{ $found }> n'est pas à sa place. Attendu ici : { $expected }.
finding-cmi5-element-too-many = <{ $found }> est de trop dans <{ $inside }>.
finding-cmi5-element-missing = Il manque { $expected } dans <{ $inside }>.
finding-cmi5-element-without-namespace = L'élément <{ $found }>, dans <{ $inside }>, n'appartient à aucun espace de noms.
finding-cmi5-extension-misplaced = L'élément <{ $found }> ({ $namespace }) n'est pas permis à cet endroit de <{ $inside }> : les ajouts viennent après les éléments de cmi5.
finding-cmi5-extension = Le cours contient des ajouts à cmi5, que Préau laisse de côté : { $namespace }
finding-cmi5-extension-without-schema = Le cours contient des ajouts à cmi5 sans indiquer leur schéma ; Préau les laisse de côté : { $namespace }
finding-cmi5-attribute-unknown = L'attribut { $name } n'est pas permis pour <{ $inside }>.
finding-cmi5-attribute-missing = Il manque l'attribut { $name } à <{ $inside }>.
finding-cmi5-text-stray = Du texte se trouve entre les éléments de <{ $inside }>, où il n'est pas permis.
finding-cmi5-language-invalid = « { $language } » n'est pas un code de langue ; écrivez par exemple fr ou fr-FR.
finding-cmi5-id-invalid = Un identifiant cmi5 doit être une adresse absolue (IRI) : « { $id } »
finding-cmi5-id-twice = Deux éléments cmi5 de même nature ont le même identifiant : { $id }
finding-cmi5-id-shared = Deux éléments cmi5 de nature différente ont le même identifiant ; Préau les distingue : { $id }
finding-cmi5-iri-invalid = La valeur de { $name } doit être une adresse absolue (IRI) : « { $iri } »
finding-cmi5-block-empty = Un bloc cmi5 ne contient aucune unité.
finding-cmi5-unit-missing = Le cours ne contient aucune unité.
finding-cmi5-objective-unknown = Un objectif cité n'existe pas dans le cours : { $reference }
finding-cmi5-value-unknown = La valeur « { $value } » n'est pas permise pour { $name }.
finding-cmi5-url-missing = Une unité cmi5 n'a pas d'adresse.
finding-cmi5-url-relative = Un cmi5.xml sans archive doit donner des adresses complètes : { $url }
finding-cmi5-url-characters = L'adresse d'une unité contient des caractères qu'une adresse ne peut pas contenir : « { $url } ». Écrivez : { $meant }
finding-cmi5-url-escape = L'adresse d'une unité sort du paquet : { $url }. Elle doit être relative au dossier du fichier cmi5.xml.
finding-cmi5-url-invalid = L'adresse d'une unité ne peut pas être ouverte : { $url }. Il faut une page du paquet ou une adresse http ou https complète.
finding-cmi5-url-reserved = L'adresse d'une unité utilise un paramètre réservé au lancement : { $name }
finding-cmi5-file-missing = La page d'une unité n'est pas dans le paquet : { $path }

finding-tincan-activity-missing = Le fichier tincan.xml ne décrit aucune activité.
finding-tincan-id-mapped = L'identifiant d'activité « { $id } » n'est pas une adresse absolue (IRI). Préau lui en donne une et la transmet au contenu à son ouverture ; vérifiez qu'une lecture d'essai est bien suivie.
finding-tolerance-on = { $switch ->
    [resume-always] Ce contenu est toujours repris là où l’apprenant s’est arrêté, même s’il ne le demande pas.
    [unset-is-empty] Ce contenu reçoit un vide au lieu d’une erreur quand il lit une valeur qui n’existe pas encore.
    [answers-as-they-are] Les réponses de ce contenu sont gardées comme il les écrit, sans contrôle de leur forme.
   *[initialize-again] Ce contenu peut rouvrir sa séance après l’avoir terminée.
}
finding-scorm-type-missing = Le manifeste ne dit pas quels fichiers parlent à la plateforme (scormType). Préau écoute toutes les pages ; celles qui ne disent rien sont terminées quand on les quitte.
finding-content-silent = Ce contenu ne dit rien de ce que fait l’apprenant. L’activité est terminée quand on la quitte, et le temps compté est celui où elle était ouverte.
finding-suspend-data-long = Ce contenu a enregistré plus de { $limit } caractères pour être repris là où on l’a laissé (suspend_data), plus que ce que son standard garantit. Préau les garde ; un autre service pourrait les couper.
error-file-unreadable = Le fichier { $file } ne peut pas être lu : { $cause }

content-missing-title = Ce fichier n'est pas dans la formation.
content-missing-text = La page demandée ne fait pas partie de ce contenu. Revenez à la formation et rouvrez l'activité ; si cela se répète, prévenez la personne qui l'a publiée.
content-expired-title = Cette adresse n'est plus valable.
content-expired-text = Elle date de plusieurs jours. Votre progression est gardée : fermez cet onglet et rouvrez l'activité depuis la page de la formation.

tolerance = Quand le contenu ne suit pas sa norme
tolerance-lead = Certains contenus ne respectent pas SCORM à la lettre. Cochez seulement ce qui résout un problème que vous voyez : cela vaut pour les ouvertures à venir.
tolerance-save = Enregistrer
tolerance-turned = C'est enregistré. Les prochaines ouvertures en tiennent compte.
tolerance-resume-always = Toujours reprendre là où l'apprenant s'est arrêté
tolerance-resume-always-hint = Pour un contenu qui recommence au début à chaque ouverture. Une fois terminé, il recommence quand même.
tolerance-unset-is-empty = Répondre par un vide au lieu d'une erreur
tolerance-unset-is-empty-hint = Pour un contenu qui affiche une erreur parce qu'il lit une valeur que personne n'a encore enregistrée.
tolerance-answers-as-they-are = Garder les réponses comme elles sont écrites
tolerance-answers-as-they-are-hint = Pour un contenu dont les réponses aux questions manquent, parce qu'il ne les écrit pas dans la forme prévue.
tolerance-initialize-again = Laisser le contenu se rouvrir
tolerance-initialize-again-hint = Pour un contenu qui termine sa séance à chaque page et en ouvre une autre.
