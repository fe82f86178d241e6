# Profils xAPI : ce que des déclarations doivent dire, et ce que la vérification a trouvé.
error-xapi-profile-unknown = Ce profil n’existe pas, ou n’existe plus.
error-xapi-profile-too-large = Le document dépasse { $limit } Mio.
error-xapi-profile-not-json = Le document n’est pas du JSON lisible.
error-xapi-profile-invalid = Le document n’est pas un profil xAPI correct.
error-xapi-profile-missing = Choisissez le fichier du profil.

xapi-profiles-title = Profils xAPI
xapi-profiles-lead = Les règles qu’une communauté s’est données pour ses déclarations, et la façon dont elles sont suivies ici.
xapi-profiles-none = Aucun profil
xapi-profiles-none-text = Chargez le profil que suivent vos outils : leurs déclarations seront vérifiées, celles d’hier comme celles de demain.
xapi-profiles-caption = Versions chargées
xapi-profiles-what = À quoi sert un profil ?
xapi-profiles-what-is = Un profil est un document qui dit comment un type d’outil (une vidéo, un simulateur, une visite de chantier) raconte ce que font les apprenants : quels verbes, quelles informations obligatoires, dans quel ordre.
xapi-profiles-what-checked = Une déclaration qui nomme un profil s’engage à le suivre. Préau vérifie chacune d’elles et compte ce qui manque, règle par règle, avec des exemples à montrer à l’éditeur de l’outil.
xapi-profiles-what-kept = Rien n’est refusé ni effacé : une déclaration qui ne suit pas son profil est enregistrée comme les autres.
xapi-profiles-what-versions = Plusieurs versions d’un profil peuvent être chargées. La plus récente est en vigueur ; chaque déclaration est vérifiée selon la version qu’elle nomme.

xapi-profile = Profil
xapi-profile-state = État
xapi-profile-in-force = En vigueur
xapi-profile-older = Version précédente
xapi-profile-version = Version
xapi-profile-generated = Publiée le
xapi-profile-loaded-at = Chargée le
xapi-profile-checked = Vérifié jusqu’au
xapi-profile-check-begins = La vérification commence
xapi-profile-holds = Contenu
xapi-profile-verbs = { $n ->
    [one] { $n } verbe
   *[other] { $n } verbes
}
xapi-profile-types = { $n ->
    [one] { $n } type
   *[other] { $n } types
}
xapi-profile-extensions = { $n ->
    [one] { $n } extension
   *[other] { $n } extensions
}
xapi-profile-templates = { $n ->
    [one] { $n } modèle
   *[other] { $n } modèles
}
xapi-profile-patterns = { $n ->
    [one] { $n } enchaînement
   *[other] { $n } enchaînements
}
xapi-profile-load = Charger un profil
xapi-profile-load-act = Charger
xapi-profile-file = Document du profil
xapi-profile-file-hint = Un fichier JSON (JSON-LD), 2 Mio au plus. Une version déjà chargée est remplacée.
xapi-profile-loaded = Le profil est chargé. La vérification commence.
xapi-profile-refused = Le profil n’est pas chargé
xapi-profile-nothing-kept = Rien n’a changé : les profils déjà chargés restent en place.
xapi-profile-document = Voir le document
xapi-profile-check-again = Tout vérifier de nouveau
xapi-profile-checking = Tout est vérifié de nouveau. Rechargez cette page dans un moment.
xapi-profile-remove = Retirer
xapi-profile-remove-title = Retirer cette version du profil ?
xapi-profile-remove-text = Son rapport est effacé avec elle. Les déclarations restent, et le document peut être chargé de nouveau. Si une version précédente est chargée, elle revient en vigueur.
xapi-profile-remove-act = Retirer le profil
xapi-profile-keep = Garder
xapi-profile-removed = Le profil est retiré.

xapi-profile-report = Ce que dit la vérification
xapi-profile-statements = Déclarations
xapi-profile-following = Conformes
xapi-profile-broken = Non conformes
xapi-profile-unmatched = Hors modèle
xapi-profile-no-statements = Aucune déclaration ne nomme ce profil
xapi-profile-no-statements-text = Un outil qui suit un profil met l’adresse de la version dans la catégorie de ses déclarations. Pour cette période, il n’y en a pas.
xapi-profile-demands = Ce qui n’est pas suivi
xapi-profile-demands-none = Toutes les règles sont suivies.
xapi-profile-demand = Règle
xapi-profile-examples = Exemples
xapi-profile-object-ref = L’objet doit renvoyer à une déclaration d’un des modèles prévus.
xapi-profile-context-ref = Le contexte doit renvoyer à une déclaration d’un des modèles prévus.
xapi-profile-extension-place = L’extension n’est pas à sa place : elle va dans « { $part } ».
xapi-profile-extension-schema = La valeur de l’extension n’a pas la forme que décrit son schéma.
xapi-profile-rule-included = « { $place } » doit être présent.
xapi-profile-rule-excluded = « { $place } » doit être absent.
xapi-profile-rule-recommended = « { $place } » est recommandé.
xapi-profile-rule-any = « { $place } » doit avoir au moins une de ces valeurs : { $values }.
xapi-profile-rule-all = « { $place } » ne peut avoir que ces valeurs : { $values }.
xapi-profile-rule-none = « { $place } » ne doit avoir aucune de ces valeurs : { $values }.
xapi-profile-unmatched-title = Hors modèle
xapi-profile-unmatched-none = Chaque déclaration correspond à un modèle ou porte déjà une règle non suivie.
xapi-profile-unmatched-text = { $n ->
    [one] { $n } déclaration nomme le profil sans correspondre à aucun de ses modèles. La voici :
   *[other] { $n } déclarations nomment le profil sans correspondre à aucun de ses modèles. En voici :
}
xapi-profile-order = Enchaînements
xapi-profile-order-text = Les déclarations d’une inscription doivent se suivre dans un ordre que le profil prévoit.
xapi-profile-order-followed = Inscriptions dans l’ordre
xapi-profile-order-begun = Inscriptions en cours
xapi-profile-order-broken = Inscriptions hors de l’ordre
xapi-profile-order-examples = { $n ->
    [one] L’inscription hors de l’ordre :
   *[other] Des inscriptions hors de l’ordre :
}
xapi-profile-order-long = Inscriptions trop longues pour être vérifiées
xapi-profile-templates-title = Modèles
xapi-profile-template = Modèle
xapi-profile-others = Autres versions chargées
