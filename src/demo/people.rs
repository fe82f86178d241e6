//! The people of the demo organisation: sixty agents of a département, in its directions and services.

use std::collections::HashMap;

use crate::core::{PersonId, Result, Timestamp};
use crate::identity::{self, NewPerson, Role};
use crate::storage::Tx;

/// The whole organisation.
pub const COUNCIL: &str = "Conseil départemental du Val-d’Aubre";
/// Marks the people of the demo, so that a second start knows its own.
pub const HOME_PAGE: &str = "https://demo.preau.example";

pub const GENERAL: &str = "Direction générale";
pub const ROADS: &str = "Direction des routes";
pub const STAFF: &str = "Direction des ressources humaines";
pub const DIGITAL: &str = "Direction du numérique";
pub const SOLIDARITY: &str = "Direction des solidarités";
pub const SCHOOLS: &str = "Direction de l’éducation";
pub const CULTURE: &str = "Direction de la culture";
pub const FINANCE: &str = "Direction des finances";
pub const NATURE: &str = "Direction de l’environnement";

/// An agent: login, name, direction, service (or nothing), roles.
pub struct Agent {
    pub login: &'static str,
    pub name: &'static str,
    pub direction: &'static str,
    service: &'static str,
    roles: &'static [Role],
}

const fn agent(
    login: &'static str,
    name: &'static str,
    direction: &'static str,
    service: &'static str,
    roles: &'static [Role],
) -> Agent {
    Agent { login, name, direction, service, roles }
}

const LEARNS: &[Role] = &[Role::Learner];
const LEADS: &[Role] = &[Role::Manager, Role::Learner];
const TEACHES: &[Role] = &[Role::Trainer, Role::Learner];
const KEEPS_RECORDS: &[Role] = &[Role::Hr];
const ADMINISTERS: &[Role] = &[Role::Administrator];

const UPKEEP: &str = "Service entretien et exploitation";
const WORKS: &str = "Service études et travaux";
const TRAINING: &str = "Service formation";
const PAYROLL: &str = "Service paie et carrières";
const SUPPORT: &str = "Service support";
const SOFTWARE: &str = "Service applications";
const RECEPTION: &str = "Accueil et courrier";
const AUTONOMY: &str = "Maison de l’autonomie";
const CHILDREN: &str = "Protection de l’enfance";
const INCLUSION: &str = "Service insertion";
const CANTEENS: &str = "Restauration des collèges";
const COLLEGES: &str = "Service des collèges";
const ARCHIVES: &str = "Archives départementales";
const LIBRARY: &str = "Médiathèque départementale";
const BUDGET: &str = "Service budget";
const PURCHASES: &str = "Service commande publique";
const WILDLIFE: &str = "Espaces naturels";
const WATER: &str = "Eau et assainissement";

/// Everybody, the one who arrives today last.
pub static AGENTS: [Agent; 60] = [
    agent("camille", "Camille Martin", ROADS, UPKEEP, LEARNS),
    agent("thomas", "Thomas Lefèvre", STAFF, TRAINING, TEACHES),
    agent("marc", "Marc Dubois", ROADS, UPKEEP, LEADS),
    agent("helene", "Hélène Roussel", STAFF, "", KEEPS_RECORDS),
    agent("amina", "Amina Benali", DIGITAL, "", ADMINISTERS),
    agent("julien", "Julien Moreau", ROADS, UPKEEP, LEARNS),
    agent("paul", "Paul Le Goff", ROADS, WORKS, LEARNS),
    agent("ines", "Inès Fontaine", SOLIDARITY, AUTONOMY, LEARNS),
    agent("emilie", "Émilie Caron", SOLIDARITY, CHILDREN, LEARNS),
    agent("sophie", "Sophie Garnier", SOLIDARITY, "", LEADS),
    agent("karim", "Karim Haddad", SCHOOLS, CANTEENS, LEARNS),
    agent("nadege", "Nadège Petit", STAFF, TRAINING, &[Role::Trainer]),
    agent("yann", "Yann Œuvrard", CULTURE, ARCHIVES, LEARNS),
    agent("claire", "Claire Vasseur", GENERAL, "", LEADS),
    agent("lucie", "Lucie Perrin", GENERAL, RECEPTION, LEARNS),
    agent("mathieu", "Mathieu Gauthier", GENERAL, RECEPTION, LEARNS),
    agent("fatou", "Fatou Diallo", GENERAL, RECEPTION, LEARNS),
    agent("bruno", "Bruno Lemaire", ROADS, UPKEEP, LEARNS),
    agent("samir", "Samir Ouali", ROADS, UPKEEP, LEARNS),
    agent("gaelle", "Gaëlle Kerbrat", ROADS, UPKEEP, LEARNS),
    agent("david", "David Da Silva", ROADS, UPKEEP, LEARNS),
    agent("kevin", "Kévin Masson", ROADS, UPKEEP, LEARNS),
    agent("anais", "Anaïs Rolland", ROADS, WORKS, LEARNS),
    agent("pierre-yves", "Pierre-Yves Guégan", ROADS, WORKS, LEADS),
    agent("mei", "Mei Nguyen", ROADS, WORKS, LEARNS),
    agent("olivier", "Olivier Chevalier", STAFF, PAYROLL, &[Role::Hr, Role::Learner]),
    agent("jeanne", "Jeanne Weber", STAFF, PAYROLL, LEARNS),
    agent("malika", "Malika Bouzid", STAFF, PAYROLL, LEARNS),
    agent("hugo", "Hugo Lambert", DIGITAL, SUPPORT, &[Role::Administrator, Role::Learner]),
    agent("noemie", "Noémie Faure", DIGITAL, SUPPORT, LEARNS),
    agent("laurent", "Laurent Schneider", DIGITAL, SOFTWARE, LEADS),
    agent("elodie", "Élodie Marchal", DIGITAL, SOFTWARE, LEARNS),
    agent("francoise", "Françoise Barbier", SOLIDARITY, AUTONOMY, LEARNS),
    agent("nicolas", "Nicolas Renard", SOLIDARITY, AUTONOMY, LEARNS),
    agent("aicha", "Aïcha Belkacem", SOLIDARITY, AUTONOMY, LEARNS),
    agent("romain", "Romain Colin", SOLIDARITY, CHILDREN, LEARNS),
    agent("leila", "Leïla Mansouri", SOLIDARITY, CHILDREN, LEARNS),
    agent("christine", "Christine Aubert", SOLIDARITY, CHILDREN, TEACHES),
    agent("stephane", "Stéphane Meunier", SOLIDARITY, INCLUSION, LEARNS),
    agent("myriam", "Myriam Cohen", SOLIDARITY, INCLUSION, LEARNS),
    agent("valerie", "Valérie Hubert", SCHOOLS, CANTEENS, LEARNS),
    agent("patrick", "Patrick Le Bihan", SCHOOLS, CANTEENS, LEARNS),
    agent("rosa", "Rosa Fernandes", SCHOOLS, CANTEENS, LEARNS),
    agent("isabelle", "Isabelle Royer", SCHOOLS, COLLEGES, LEADS),
    agent("maxime", "Maxime Picard", SCHOOLS, COLLEGES, LEARNS),
    agent("agathe", "Agathe de Villiers", CULTURE, ARCHIVES, LEARNS),
    agent("antoine", "Antoine Besson", CULTURE, LIBRARY, LEADS),
    agent("clemence", "Clémence Tessier", CULTURE, LIBRARY, LEARNS),
    agent("oceane", "Océane Hoarau", CULTURE, LIBRARY, LEARNS),
    agent("philippe", "Philippe Maréchal", FINANCE, BUDGET, LEADS),
    agent("sandrine", "Sandrine Boyer", FINANCE, BUDGET, LEARNS),
    agent("vincent", "Vincent Nowak", FINANCE, BUDGET, LEARNS),
    agent("alice", "Alice Fournier", FINANCE, PURCHASES, LEARNS),
    agent("rachid", "Rachid Amrani", FINANCE, PURCHASES, LEARNS),
    agent("manon", "Manon Giraud", NATURE, WILDLIFE, LEARNS),
    agent("loic", "Loïc Le Roux", NATURE, WILDLIFE, LEARNS),
    agent("gilles", "Gilles Poulain", NATURE, WILDLIFE, LEARNS),
    agent("beatrice", "Béatrice Leclerc", NATURE, WATER, LEADS),
    agent("arthur", "Arthur Dumas", NATURE, WATER, LEARNS),
    agent("zoe", "Zoé Lacroix", GENERAL, RECEPTION, LEARNS),
];

/// Who is shown at the start of the server: one of each role.
pub static SHOWN: [(&str, Role); 5] = [
    ("camille", Role::Learner),
    ("thomas", Role::Trainer),
    ("marc", Role::Manager),
    ("helene", Role::Hr),
    ("amina", Role::Administrator),
];

/// The agent who signs in with `login`.
pub fn named(login: &str) -> Option<&'static Agent> {
    AGENTS.iter().find(|agent| agent.login == login)
}

/// Adds `agents`; answers who they have become, by login.
pub async fn add(
    tx: &mut Tx,
    agents: &'static [Agent],
    hash: &str,
    now: Timestamp,
) -> Result<HashMap<&'static str, PersonId>> {
    let mut added = HashMap::new();
    for agent in agents {
        let unit = format!("{COUNCIL}/{}/{}", agent.direction, agent.service);
        let new = NewPerson {
            name: agent.name.to_owned(),
            login: Some(agent.login.to_owned()),
            org_unit: Some(identity::org_unit_at(tx, unit.trim_end_matches('/'), now).await?),
            account: Some((HOME_PAGE.to_owned(), agent.login.to_owned())),
            password_hash: Some(hash.to_owned()),
            roles: agent.roles.to_vec(),
            ..NewPerson::default()
        };
        added.insert(agent.login, identity::add_person(tx, &new, HOME_PAGE, now).await?);
    }
    Ok(added)
}
