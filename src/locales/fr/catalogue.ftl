home-title = Ma formation
home-hello = Bonjour { $name }
home-resume = Reprendre : { $title }
home-due = À faire
home-step-of = Étapes obligatoires : { $done } sur { $total }
home-doing = Aussi en cours
home-open = À découvrir
home-more = { $n ->
    [one] Encore une formation au catalogue
   *[other] Encore { $n } formations au catalogue
}
home-nothing-new = Vous avez ouvert toutes les formations du catalogue.
home-empty-title = Rien à suivre pour le moment
home-empty-text = Les formations qui vous sont ouvertes apparaîtront ici.
home-done = Terminé

course-step-of = Étape { $step } sur { $steps }
course-begun = Commencé
course-percent-done = { $percent } % fait
course-steps = { $n ->
    [one] 1 étape
   *[other] { $n } étapes
}
course-completed-on = Terminé le { $date }
course-withdrawn-title = Cette formation n'est plus au catalogue
course-withdrawn-text = Ceux qui l'ont commencée peuvent la finir ; personne d'autre ne peut la commencer.
course-anew-title = Ce cours a une nouvelle version
course-anew-text = Vous recommencez du début. Ce que vous aviez fait reste dans votre dossier.
course-review = Revoir la formation
course-resume = Reprendre là où vous en étiez
course-start = Commencer
course-progress = Avancement
course-time = Temps passé
course-score = Résultat
course-completed = Terminé le
course-steps-title = Les étapes
course-learners = Qui a suivi cette formation ?
course-published = « { $title } » est au catalogue.
course-withdrawn = « { $title } » n'est plus au catalogue.
percent = { $n } %

catalogue-title = Catalogue
catalogue-lead = Les formations que vous pouvez commencer quand vous voulez.
catalogue-empty-title = Le catalogue est encore vide
catalogue-empty-text = Dès qu'une formation sera publiée, elle apparaîtra ici.
catalogue-search = Chercher une formation
catalogue-find = Chercher
catalogue-all = Tout le catalogue
catalogue-count = { $n ->
    [0] Aucune formation trouvée
    [one] 1 formation
   *[other] { $n } formations
}

trainer-title = Formations
trainer-lead = Ce que vous avez importé, et qui le suit.
trainer-import = Importer
trainer-empty-title = Importez votre première formation
trainer-empty-text = Un paquet SCORM, cmi5 ou xAPI, une vidéo ou un son : Préau le lit et prépare le cours.
trainer-count = { $n ->
    [one] 1 formation
   *[other] { $n } formations
}
trainer-course = Formation
trainer-kind = Type
trainer-status = État
trainer-learners = Apprenants
trainer-learners-of = { $n ->
    [one] { $n } apprenant
   *[other] { $n } apprenants
} : { $title }
trainer-completed = Terminé
trainer-added = Ajoutée le
trainer-act = Action
trainer-publish = Publier
trainer-write = Écrire un contenu
trainer-drafts = Brouillons
trainer-draft-saved = enregistré le { $when }
trainer-untitled = Sans titre
trainer-unpublish = Retirer

kind-scorm12 = Module SCORM 1.2
kind-scorm2004 = Module SCORM 2004
kind-cmi5 = Module cmi5
kind-xapi = Module xAPI
kind-video = Vidéo
kind-audio = Audio
kind-page = Page
kind-document = Document
kind-link = Lien
kind-quiz = Quiz
kind-sco = Module
kind-asset = Document
kind-au = Module
kind-group = Chapitre

error-course-unknown = Cette formation n'existe pas, ou n'est plus ouverte.

course-again = Recommencer
course-attempts = Vos essais
course-attempt = Essai { $number }
course-attempt-counts = compte pour le résultat
course-attempt-review = Revoir
course-attempt-review-of = Revoir l'essai { $number }
course-attempts-left = { $n ->
    [0] Il ne vous reste aucun essai.
    [one] Il vous reste un essai.
   *[other] Il vous reste { $n } essais.
}
course-counted-best = votre meilleur essai
course-counted-last = votre dernier essai
course-counted-first = votre premier essai
course-counted-average = la moyenne de vos essais

playing-link = Essais et affichage
playing-title = Essais et affichage
playing-again = Quand quelqu'un a terminé la formation
playing-again-never = Il peut la revoir
playing-again-never-hint = Revoir ne change plus son résultat. Qui a échoué peut continuer.
playing-again-asked = Il peut recommencer s'il le veut
playing-again-asked-hint = La page de la formation propose « Recommencer » : un nouvel essai part du début.
playing-again-always = Il recommence du début à chaque ouverture
playing-again-always-hint = Pour ce qui se refait régulièrement. Tant qu'un essai est en cours, il continue.
playing-most = Nombre d'essais au plus
playing-most-hint = Laissez vide pour ne pas limiter. Avec une limite, un essai terminé ne peut plus être amélioré ; après le dernier, la formation ne peut plus qu'être revue.
playing-most-wrong = Écrivez un nombre de 1 à 99, ou laissez vide.
playing-counted = S'il y a plusieurs essais, le résultat est
playing-counted-best = Celui du meilleur
playing-counted-best-hint = Qui a réussi une fois a réussi.
playing-counted-last = Celui du dernier terminé
playing-counted-last-hint = Un essai moins bon remplace aussi le précédent.
playing-counted-first = Celui du premier terminé
playing-counted-first-hint = Les suivants servent à s'entraîner.
playing-counted-average = La moyenne de tous
playing-counted-average-hint = La formation est réussie dès qu'un essai l'est.
playing-place = Le contenu s'ouvre
playing-place-page = Dans la page
playing-place-page-hint = Avec le sommaire, l'état de l'enregistrement et les boutons autour. Convient à presque tous les contenus.
playing-place-window = Dans une fenêtre à part
playing-place-window-hint = Pour un contenu qui a besoin de tout l'écran ou qui exige sa propre fenêtre. La page reste ouverte derrière et continue d'enregistrer ; sur un téléphone, c'est un autre onglet.
playing-completing = L'activité est terminée
playing-completing-content = Quand le contenu le dit
playing-completing-content-hint = Le contenu déclare lui-même la fin de l'activité. Convient à la plupart des contenus.
playing-completing-said = Dès que le contenu dit qu'une de ses parties est terminée ou réussie
playing-completing-said-hint = Pour un contenu qui termine un quiz ou un chapitre sans jamais terminer l'activité.
playing-completing-opened = Dès qu'elle est ouverte
playing-completing-opened-hint = Pour un contenu qui n'enregistre rien.
playing-completing-time = Après un temps passé devant le contenu
playing-completing-time-hint = Le temps de toutes les visites s'ajoute. Une page laissée derrière un autre onglet ne compte pas.
playing-minutes = Temps, en minutes
playing-minutes-hint = Utile seulement pour une fin après un temps passé.
playing-minutes-wrong = Écrivez un nombre de minutes, de 1 à 480.
playing-objectives = Des objectifs SCORM 2004 peuvent durer plus longtemps qu'un essai
playing-objectives-text = Si ce module partage des objectifs avec d'autres formations, un nouvel essai les retrouve comme ils étaient.
playing-save = Enregistrer
playing-saved = Les essais et l'affichage de « { $title } » sont réglés. Les résultats des programmes suivent dans un instant.
error-attempts-one = Cette formation ne se fait qu'une fois. Vous pouvez la revoir.
error-attempts-used = Vous avez fait tous les essais possibles. Vous pouvez revoir la formation.
error-playing-in-quiz = Les essais d'un quiz se règlent dans le quiz lui-même.
error-attempts-wrong = Le nombre d'essais va de 1 à { $most }.
