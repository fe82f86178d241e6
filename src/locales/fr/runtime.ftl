# Le lecteur : ce qui peut l'empêcher d'ouvrir ou d'enregistrer une activité
error-launch-unknown = Cette ouverture n'est plus valable. Ouvrez de nouveau l'activité depuis votre formation.
error-launch-used = Cette adresse a déjà servi ou n'est plus valable. Revenez à la page d'où vous venez et ouvrez la formation de nouveau.
error-person-disabled = Cette personne n'a plus accès au service. Rien de plus n'est enregistré ; ce qui a été fait avant est gardé.
error-lease-lost = Cette activité est ouverte ailleurs. Ici, elle est en lecture seule.
error-activity-unknown = Cette étape n'existe pas dans la formation.
error-activity-without-data-model = Cette étape n'enregistre rien de cette façon.
error-navigation-refused = Cette étape ne peut pas encore s'ouvrir : la formation impose un ordre.
error-request-unknown = Cette demande de navigation n'existe pas.
error-media-event-unknown = Cet événement de lecture n'existe pas.
error-position-invalid = Cette position n'existe pas dans l'enregistrement.
error-course-without-activity = Cette formation n'a aucune étape à ouvrir.
error-launch-person-missing = Indiquez soit « person », soit « actor ».
error-actor-invalid = « actor » doit être un agent xAPI identifié par un compte.
error-return-url-invalid = L'adresse de retour doit commencer par http:// ou https://.
