//! The questions of the SCORM samples, and what a learner answers: as their own pages tell it (`content-packages/shared/scorm.js`),
//! with the time that a browser would have taken.

use serde_json::{Map, Value};

use crate::scorm::{Version, write_time};

/// A question: its name in the sample, what it asks, the right answer, and one that is often given instead.
type Question = [&'static str; 4];

const CHANTIER: [Question; 5] = [
    ["pose", "Dans quel ordre pose-t-on les panneaux ?", "sens", "libre"],
    ["gilet", "Intervention de nuit sous la pluie : quel vêtement ?", "classe3", "classe2"],
    [
        "schema",
        "Sur place, un virage masque le chantier, ce que le schéma ne prévoyait pas. Que faire ?",
        "arret",
        "meme",
    ],
    ["place", "Où se tenir pendant le chargement de la remorque ?", "echappee", "entre"],
    ["depose", "Quel panneau retire-t-on en dernier ?", "ak5", "fin"],
];
const PRATIQUE: [Question; 4] = [
    ["courriel", "Vous venez d’envoyer une liste de familles au mauvais destinataire.", "signaler", "lundi"],
    [
        "telephone",
        "Un homme dit être le père d’un enfant suivi et demande l’adresse de la famille d’accueil.",
        "verifier",
        "partie",
    ],
    ["tableau", "Pour une sortie des agents, quelles données demander ?", "necessaire", "tout"],
    ["ecran", "Vous quittez votre bureau cinq minutes.", "verrouiller", "eteindre"],
];
const POSTURES: [Question; 3] = [
    ["tourner", "Pour déposer une caisse sur le côté…", "pieds", "buste"],
    ["lourd", "Un carton de 30 kg est à monter d’un étage.", "aide", "dos"],
    ["ecran", "À quelle distance placer l’écran ?", "bras", "metre"],
];
const AVANT: [Question; 5] = [
    ["avant-alerte", "De la fumée sort du local d’archives. Votre premier geste ?", "declencheur", "responsable"],
    ["avant-appel", "Au téléphone avec le 18, quand raccrocher ?", "secours", "vite"],
    ["avant-ascenseur", "Vous êtes au quatrième étage, l’alarme sonne.", "escalier", "attendre"],
    ["avant-porte", "En quittant votre bureau…", "fermer", "cle"],
    ["avant-tension", "Un écran prend feu. Quel extincteur ?", "co2", "eau"],
];
const APRES: [Question; 5] = [
    ["apres-alerte", "Pourquoi donner l’alerte avant d’être certain ?", "tot", "regle"],
    ["apres-role", "Que fait le serre-file ?", "dernier", "compte"],
    ["apres-fumee", "Le couloir est enfumé. Où est l’air respirable ?", "sol", "milieu"],
    ["apres-viser", "Où diriger le jet de l’extincteur ?", "base", "fumee"],
    ["apres-limite", "L’extincteur est vide et le feu continue.", "partir", "second"],
];

/// The questions of an activity of the samples, by its identifier.
fn questions(activity: &str) -> &'static [Question] {
    match activity {
        "chantier-cours" => &CHANTIER,
        "pratique" => &PRATIQUE,
        "postures-cours" => &POSTURES,
        "test-avant" => &AVANT,
        "test-apres" => &APRES,
        _ => &[],
    }
}

/// What somebody answers who ends with this score, after a session of so many seconds.
pub fn answers(version: Version, activity: &str, score: u64, seconds: u64) -> Map<String, Value> {
    let (response, wrong) = match version {
        Version::Scorm12 => ("student_response", "wrong"),
        Version::Scorm2004 => ("learner_response", "incorrect"),
    };
    let mut told = Map::new();
    for (place, [id, text, right, often]) in (0..).zip(questions(activity)) {
        // Not the same ones wrong for everybody.
        let knows = (seconds + 37 * place) % 100 < score;
        let latency = write_time(version, 100 * (4 + (7 * seconds + 13 * place) % 40));
        let mut tell = |part: &str, value: &str| told.insert(format!("cmi.interactions.{place}.{part}"), value.into());
        tell("id", id);
        tell("type", "choice");
        tell("correct_responses.0.pattern", right);
        tell(response, if knows { right } else { often });
        tell("result", if knows { "correct" } else { wrong });
        tell("latency", &latency);
        if version == Version::Scorm2004 {
            tell("description", text);
        }
    }
    told
}
