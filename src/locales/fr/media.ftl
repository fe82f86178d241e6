media-title = Lecture
media-work-name = Préparation pour la lecture
media-work-waiting = La préparation pour la lecture attend son tour.
media-work-running = Une version légère, lisible partout et au bon volume, se prépare.
media-work-began = La préparation commence.
media-work-left = Encore { $time } environ.
media-work-leave = Vous pouvez quitter cette page : le travail continue.
media-work-done = Prêt pour tous les appareils
media-work-sizes = { $before } à l'import, { $after } à la lecture
media-work-as-is = Le fichier convient tel quel ({ $size }).
media-work-failed = La préparation n'a pas abouti
media-work-stopped = La préparation a été arrêtée.
media-work-original = Le fichier importé est lu tel quel : certains appareils pourraient ne pas le lire.
media-work-none = Le fichier importé est lu tel quel.
media-work-cancel = Arrêter la préparation
media-work-again = Préparer pour la lecture
media-work-cancelled = La préparation est arrêtée.
error-media-unreadable = Ce fichier ne peut pas être converti : il est abîmé, ou d'une sorte que Préau ne sait pas lire.
error-media-crashed = Ce fichier a fait échouer la conversion : il est sans doute abîmé.
error-media-hung = La conversion ne répondait plus ; elle a été arrêtée.
error-media-encoder-missing = La bibliothèque de conversion de ce serveur ne sait pas écrire le H.264 (libx264).
error-job-lost = Ce travail a été repris ailleurs ; il se poursuit là-bas.
error-job-abandoned = Le travail s'est interrompu plusieurs fois ; il a été abandonné.

media-completion = Quand c'est terminé
media-completion-share = Part à regarder ou écouter, en %
media-completion-hint = Chaque passage compte une fois. 90 % laisse passer le générique.
media-completion-save = Enregistrer
media-completion-saved = Terminé à partir de { $percent } %. Ceux qui avaient déjà terminé le restent.
error-completion-invalid = La part à regarder va de 1 à 100 %.

captions-title = Sous-titres
captions-none = Pas encore de sous-titres. Ils servent aux personnes sourdes, et à toutes celles qui regardent sans le son.
captions-language = Langue
captions-file = Fichier de sous-titres
captions-file-hint = WebVTT (.vtt) ou SubRip (.srt).
captions-add = Ajouter les sous-titres
captions-edit = Modifier
captions-remove = Retirer
captions-saved = { $n ->
    [one] Un sous-titre enregistré ({ $language }).
   *[other] { $n } sous-titres enregistrés ({ $language }).
}
captions-removed = Les sous-titres sont retirés ({ $language }).
captions-restored = Les sous-titres sont de retour ({ $language }).
captions-refused = Ces sous-titres ne sont pas enregistrés
captions-edit-title = Sous-titres : { $language }
captions-edit-lead = Une ligne pour les temps, puis le texte, puis une ligne vide.
captions-text = Texte
captions-save = Enregistrer
captions-back = Retour au film
captions-fine = { $count ->
    [one] Un sous-titre, rien à signaler.
   *[other] { $count } sous-titres, rien à signaler.
}
captions-no-file = Choisissez un fichier.
captions-too-large = Ce fichier est trop lourd pour des sous-titres.
captions-empty = Il n'y a aucun sous-titre.
captions-unknown = Ligne { $line } : ce n'est ni du WebVTT ni du SubRip. Un fichier WebVTT commence par « WEBVTT ».
captions-times-missing = Ligne { $line } : les temps manquent, comme 00:01.000 --> 00:04.000.
captions-times-invalid = Ligne { $line } : ces temps ne se lisent pas. Écrivez-les comme 00:01.000 --> 00:04.000.
captions-times-backwards = Ligne { $line } : la fin vient avant le début.
captions-times-disordered = Ligne { $line } : ce sous-titre commence avant le précédent.
captions-blank-line-missing = Ligne { $line } : il manque une ligne vide avant ces temps.
captions-too-many = Ligne { $line } : il y a trop de sous-titres.
error-captions-unknown = Ces sous-titres n'existent pas, ou plus.
error-captions-language-unknown = Cette langue n'est pas proposée.
