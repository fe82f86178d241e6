//! The spaces of the demo's intranet: what each is for, who is in it, what is told there.

use serde_json::json;

use super::browser::Browser;
use crate::core::{Error, Result, SpaceId};

/// A space as the intranet has it.
pub struct Plan {
    /// What the intranet calls it.
    pub name: &'static str,
    title: &'static str,
    description: &'static str,
    visibility: &'static str,
    /// The pages of the intranet that may frame it.
    origins: &'static [&'static str],
    pub day: i64,
    /// Who is in it: login, role, since when.
    pub members: &'static [(&'static str, &'static str, i64)],
    /// What its first member told: the day, the title, the text.
    pub news: &'static [(i64, &'static str, &'static str)],
    /// The programmes it shows, and since when.
    pub programmes: &'static [(&'static str, i64)],
}

/// Where the demo's intranet would be; the name is reserved for examples, so nothing ever answers there.
const INTRANET: &str = "https://intranet.val-d-aubre.example";

pub static PLANS: [Plan; 8] = [
    Plan {
        name: "nouveaux-arrivants",
        title: "Nouveaux arrivants",
        description: "Les premiers pas au Département : repères, contacts, questions de la première semaine.",
        visibility: "open",
        origins: &[INTRANET],
        day: -151,
        members: &[
            ("jeanne", "animator", -151),
            ("thomas", "trainer", -150),
            ("kevin", "member", -140),
            ("mei", "member", -131),
            ("fatou", "member", -112),
            ("manon", "member", -84),
            ("rosa", "member", -66),
            ("vincent", "member", -38),
            ("clemence", "member", -16),
        ],
        news: &[
            (-149, "L’espace est ouvert", "Posez ici toutes vos questions. Il n’y en a pas de petites."),
            (
                -65,
                "Prochaine matinée d’accueil",
                "Rendez-vous à 9 h à l’hôtel du Département. Au programme : visite, photo du badge, café avec les directions.",
            ),
            (
                -12,
                "Le livret d’accueil est à jour",
                "Deux pages à garder. Il se trouve dans le parcours « Bienvenue au Département ».",
            ),
        ],
        programmes: &[("bienvenue", -149), ("numerique", -57)],
    },
    Plan {
        name: "accueil-public",
        title: "Réseau des agents d’accueil",
        description: "Pour celles et ceux qui reçoivent le public : échanges de pratiques, situations difficiles.",
        visibility: "members",
        origins: &[INTRANET],
        day: -128,
        members: &[
            ("lucie", "animator", -128),
            ("nadege", "trainer", -128),
            ("mathieu", "member", -128),
            ("fatou", "member", -110),
            ("ines", "member", -127),
            ("francoise", "member", -127),
            ("isabelle", "member", -127),
            ("oceane", "member", -60),
            ("antoine", "member", -126),
        ],
        news: &[
            (
                -121,
                "Le parcours « Accueillir le public » commence",
                "Il se suit à son rythme, deux heures en tout. Échéance dans dix semaines.",
            ),
            (
                -34,
                "Retour d’expérience : la file du lundi matin",
                "Merci à l’équipe de la Maison de l’autonomie pour son témoignage.\n\nLe compte rendu est affiché à l’accueil.",
            ),
        ],
        programmes: &[("accueil", -121)],
    },
    Plan {
        name: "securite-routes",
        title: "Sécurité sur les routes",
        description: "Chantiers, balisage, équipements : ce qui protège les équipes de la Direction des routes.",
        visibility: "members",
        origins: &[],
        day: -176,
        members: &[
            ("marc", "animator", -176),
            ("pierre-yves", "animator", -176),
            ("thomas", "trainer", -175),
            ("camille", "member", -175),
            ("julien", "member", -175),
            ("paul", "member", -175),
            ("bruno", "member", -175),
            ("samir", "member", -175),
            ("gaelle", "member", -174),
            ("david", "member", -174),
            ("anais", "member", -174),
        ],
        news: &[
            (
                -173,
                "Nouveau parcours obligatoire",
                "« Travailler en sécurité sur les chantiers routiers » est à suivre avant l’été.",
            ),
            (
                -35,
                "Une étape de plus : l’extincteur",
                "La nouvelle version du parcours s’ouvre aux équipes de l’environnement. Qui a déjà commencé garde la sienne.",
            ),
            (
                -5,
                "Viabilité hivernale",
                "Contrôlez vos équipements avant la première astreinte. Les tenues de classe 3 se retirent au centre.",
            ),
        ],
        programmes: &[("chantier", -173), ("incendie", -8)],
    },
    Plan {
        name: "donnees-personnelles",
        title: "Référents données personnelles",
        description: "Un référent par direction : registre, demandes des usagers, incidents.",
        visibility: "members",
        origins: &[],
        day: -64,
        members: &[
            ("laurent", "animator", -64),
            ("elodie", "member", -64),
            ("malika", "member", -63),
            ("myriam", "member", -63),
            ("rachid", "member", -62),
            ("yann", "member", -62),
            ("camille", "member", -30),
        ],
        news: &[(
            -57,
            "Tous les agents sont inscrits",
            "Le parcours « Le numérique au quotidien » est ouvert à tous. Relayez-le dans vos équipes.",
        )],
        programmes: &[("numerique", -57)],
    },
    Plan {
        name: "prevention",
        title: "Prévention et santé au travail",
        description: "Incendie, gestes et postures, risques psychosociaux : les bons réflexes et qui appeler.",
        visibility: "open",
        origins: &[],
        day: -95,
        members: &[
            ("olivier", "animator", -95),
            ("christine", "trainer", -94),
            ("valerie", "member", -92),
            ("patrick", "member", -92),
            ("maxime", "member", -91),
            ("stephane", "member", -88),
        ],
        news: &[
            (
                -87,
                "Exercice d’évacuation",
                "Un exercice aura lieu dans chaque collège avant les vacances. La date n’est pas annoncée.",
            ),
            (
                -20,
                "Merci aux guides-files",
                "Quatre minutes pour évacuer l’hôtel du Département : c’est une de moins que l’an dernier.",
            ),
        ],
        programmes: &[("incendie", -87)],
    },
    Plan {
        name: "agents-colleges",
        title: "Agents des collèges",
        description: "Cuisine, entretien, accueil : la vie des équipes dans les collèges.",
        visibility: "members",
        origins: &[INTRANET],
        day: -110,
        members: &[
            ("isabelle", "animator", -110),
            ("karim", "member", -110),
            ("valerie", "member", -110),
            ("patrick", "member", -109),
            ("rosa", "member", -66),
            ("maxime", "member", -109),
        ],
        news: &[(
            -86,
            "Prévention incendie",
            "Le parcours se suit depuis le poste de la salle des agents, par petites étapes.",
        )],
        programmes: &[("incendie", -86)],
    },
    Plan {
        name: "managers",
        title: "Cercle des managers",
        description: "Entre managers : situations, outils, parcours en préparation.",
        visibility: "hidden",
        origins: &[],
        day: -140,
        members: &[
            ("claire", "animator", -140),
            ("marc", "member", -140),
            ("sophie", "member", -140),
            ("pierre-yves", "member", -140),
            ("laurent", "member", -139),
            ("isabelle", "member", -139),
            ("antoine", "member", -139),
            ("philippe", "member", -138),
            ("beatrice", "member", -138),
        ],
        news: &[
            (
                -137,
                "Prochain petit-déjeuner",
                "Jeudi à 8 h 30, salle Vauban. Sujet : dire non sans abîmer la relation.",
            ),
            (
                -4,
                "Un parcours pour les encadrants",
                "Le service formation prépare « Encadrer une équipe de proximité ». Vos idées sont bienvenues.",
            ),
        ],
        programmes: &[("numerique", -50)],
    },
    Plan {
        name: "formateurs-internes",
        title: "Formateurs internes",
        description: "Préparer, animer, évaluer : le fonds commun des formateurs occasionnels.",
        visibility: "members",
        origins: &[],
        day: -165,
        members: &[
            ("nadege", "animator", -165),
            ("thomas", "trainer", -165),
            ("christine", "trainer", -164),
            ("agathe", "member", -120),
            ("noemie", "member", -90),
        ],
        news: &[(
            -118,
            "Écrire un bon quiz",
            "Trois conseils : une idée par question, des erreurs plausibles, une explication pour chacune.",
        )],
        programmes: &[("accueil", -117)],
    },
];

/// Creates a space, as the intranet does through the interface.
pub async fn create(administrator: &Browser<'_>, plan: &Plan) -> Result<SpaceId> {
    let order = json!({
        "name": plan.title,
        "description": plan.description,
        "visibility": plan.visibility,
        "embed_origins": plan.origins,
    });
    let made = administrator.put(&format!("/api/v1/spaces/{}", plan.name), &order).await?.json();
    made["id"].as_str().unwrap_or_default().parse().map_err(Error::internal)
}

/// Lets somebody into a space, as the intranet does through the interface.
pub async fn join(administrator: &Browser<'_>, space: &str, login: &str, role: &str) -> Result<()> {
    administrator.put(&format!("/api/v1/spaces/{space}/members/{login}"), &json!({ "role": role })).await.map(drop)
}

/// Tells the intranet what happens: an endpoint that is paused before anything could be sent, for there is no such intranet.
pub async fn announce(administrator: &Browser<'_>) -> Result<()> {
    let address = format!("{INTRANET}/preau/evenements");
    let fields = [
        ("url", address.as_str()),
        ("description", "Fil d’actualité de l’intranet"),
        ("kind", "enrolment.created"),
        ("kind", "programme.completed"),
    ];
    let made = administrator.form("/admin/webhooks", &fields).await?;
    administrator.form(&format!("{}/pause", made.location), &[]).await.map(drop)
}

/// Lets a tool of the house read what is recorded.
pub async fn let_in(administrator: &Browser<'_>) -> Result<()> {
    let fields = [("name", "Tableau de bord décisionnel"), ("scheme", "basic"), ("scope", "statements/read")];
    administrator.form("/admin/lrs", &fields).await.map(drop)
}
