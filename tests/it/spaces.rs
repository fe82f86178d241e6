//! Spaces: who sees them, who leads them, how the intranet frames and reads them.

use preau::core::{PersonId, SpaceId};
use preau::identity::Role;
use preau::spaces::{self, NewSpace, SpaceRole, Visibility};
use serde_json::json;

use crate::both_databases;
use crate::openapi::assert_described;
use crate::support::{Client, TestApp};

const INTRANET: &str = "https://intranet.example.fr";

/// A space with these members.
async fn space(app: &TestApp, name: &str, visibility: Visibility, members: &[(PersonId, SpaceRole)]) -> SpaceId {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let origins = vec![INTRANET.to_owned()];
    let external_id = Some(name.to_lowercase());
    let new = NewSpace { external_id, name: name.to_owned(), visibility, origins, ..NewSpace::default() };
    let id = spaces::add_space(&mut tx, new, app.clock.now()).await.expect("a space");
    for (person, role) in members {
        spaces::put_member(&mut tx, &app.app, id, *person, *role).await.expect("a member");
    }
    tx.commit().await.expect("a commit");
    id
}

/// What a frame's browser holds: the cookies of the site around it, and none of ours.
fn frame(app: &TestApp) -> Client {
    app.browser().with_header("sec-fetch-site", "cross-site").with_header("sec-fetch-mode", "navigate")
}

/// The address in the field that shows it once.
fn feed_address(page: &str) -> String {
    let at = page.find("/feeds/spaces/").expect("an address");
    page[at..].split('"').next().expect("an end").to_owned()
}

both_databases! {
    async fn an_administrator_creates_a_space_and_names_its_animator_who_leads_it(app: TestApp) {
        let ada = app.person("Ada", Role::Administrator).await;
        let nadia = app.person("Nadia Benali", Role::Learner).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let fields = [("name", "Routes"), ("external_id", "routes"), ("visibility", "members"), ("origins", INTRANET)];
        let created = ada.post_form("/admin/spaces", &fields).await.expect(303);
        let manage = created.header("location").expect("its page").to_owned();
        let space = manage.trim_end_matches("/manage").to_owned();
        // Without script a part of a name leads to those who have it; a suggestion, or a login, names one person.
        let asked = ada.post_form(&format!("{space}/members"), &[("person", "benali"), ("role", "animator")]).await.expect(303);
        let found = ada.get(asked.header("location").expect("a list")).await.expect(200).text();
        assert!(found.contains("Ajouter Nadia Benali") && found.contains("value=\"animator\" selected"), "{found}");
        let suggested = ada.get(&format!("{space}/members/search?q=BÉNALI")).await.expect(200).json();
        assert_eq!(suggested, json!(["Nadia Benali (nadia.benali)"]));
        camille.get(&format!("{space}/members/search?q=a")).await.expect(403);
        let animator = [("person", &*nadia.id.to_string()), ("role", "animator")].map(|(k, v)| (k, v.to_owned()));
        let animator: Vec<(&str, &str)> = animator.iter().map(|(k, v)| (*k, v.as_str())).collect();
        ada.post_form(&format!("{space}/members"), &animator).await.expect(303);

        // She leads it: members, news. Camille has no part in it yet.
        camille.get(&space).await.expect(403);
        let member = [("person", "Camille Martin (camille.martin)"), ("role", "member")];
        nadia.post_form(&format!("{space}/members"), &member).await.expect(303);
        let news = [("title", "Réunion <b>jeudi</b>"), ("body", "Salle Vauban.\r\n\r\nVenez nombreux.")];
        nadia.post_form(&format!("{space}/news"), &news).await.expect(303);
        let page = camille.get(&space).await.expect(200).text();
        assert!(page.contains("Réunion &#60;b&#62;jeudi") && page.contains("<p>Venez nombreux.</p>"), "{page}");
        assert!(page.contains("Nadia Benali") && !page.contains("/manage"));
        assert!(camille.get("/").await.expect(200).text().contains("href=\"/spaces\""), "the tab is there for members");

        // Members do not lead, whatever they send.
        for act in ["news", "members", "programmes"] {
            camille.post_form(&format!("{space}/{act}"), &member).await.expect(403);
        }
        camille.get(&manage).await.expect(403);
        nadia.get("/admin/spaces").await.expect(403);
        let empty = nadia.post_form(&format!("{space}/news"), &[("title", " ")]).await.expect(422).text();
        assert!(empty.contains("Donnez un titre"));

        // Taken out, and back by "undo".
        let removed = nadia.post_form(&format!("{space}/members/{}/remove", camille.id), &[]).await.expect(303);
        camille.get(&space).await.expect(403);
        assert!(removed.header("location").is_some());
        nadia.post_form(&format!("{space}/members/{}/restore/member", camille.id), &[]).await.expect(303);
        camille.get(&space).await.expect(200);
    }

    async fn a_space_is_seen_by_those_its_visibility_names(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let hr = app.person("Hugo", Role::Hr).await;
        let member = [(camille.id, SpaceRole::Member)];
        let open = space(&app, "Ouvert", Visibility::Open, &member).await;
        let members = space(&app, "Membres", Visibility::Members, &member).await;
        let hidden = space(&app, "Secret", Visibility::Hidden, &member).await;
        for id in [open, members, hidden] {
            camille.get(&format!("/spaces/{id}")).await.expect(200);
            camille.get(&format!("/spaces/{id}/manage")).await.expect(403);
        }
        hr.get(&format!("/spaces/{open}")).await.expect(200);
        hr.get("/spaces/ouvert").await.expect(200);
        hr.get(&format!("/spaces/{members}")).await.expect(403);
        hr.get(&format!("/spaces/{hidden}")).await.expect(404);
        hr.get("/spaces/secret").await.expect(404);
        let list = hr.get("/spaces").await.expect(200).text();
        assert!(list.contains("Ouvert") && list.contains("Sur invitation") && !list.contains("Secret"), "{list}");

        let ada = app.person("Ada", Role::Administrator).await;
        ada.post_form(&format!("/admin/spaces/{open}/archive"), &[]).await.expect(303);
        camille.get(&format!("/spaces/{open}")).await.expect(404);
        ada.post_form(&format!("/admin/spaces/{open}/restore"), &[]).await.expect(303);
        camille.get(&format!("/spaces/{open}")).await.expect(200);
    }

    async fn the_intranet_keeps_spaces_and_members_up_to_date(app: TestApp) {
        let program = app.token(&["spaces/write"]).await;
        let camille = app.person("Camille", Role::Learner).await;
        let put = async |path: &str, body: &serde_json::Value| {
            let json = [("content-type", "application/json")];
            program.send(reqwest::Method::PUT, path, body.to_string().into_bytes(), &json).await
        };
        let order = json!({"name": "Routes", "visibility": "hidden", "embed_origins": [INTRANET]});
        let created = put("/api/v1/spaces/esp-42", &order).await.expect(201);
        assert_described("put", "/api/v1/spaces/{external_id}", &created);
        assert!(created.json()["embed_url"].as_str().expect("an address").ends_with("/embed/spaces/esp-42"));
        let changed = put("/api/v1/spaces/esp-42", &json!({"name": "Voirie"})).await.expect(200);
        assert_eq!(changed.json()["embed_origins"], json!([INTRANET]), "what is not told stays");
        put("/api/v1/spaces/esp-42", &json!({"name": "X", "embed_origins": ["https://*"]})).await.expect(422);
        put("/api/v1/spaces/a%2Fb", &json!({"name": "X"})).await.expect(422);

        let page = "/spaces/esp-42";
        let member = "/api/v1/spaces/esp-42/members/camille";
        put("/api/v1/spaces/esp-42/members/personne", &json!({"role": "member"})).await.expect(404);
        camille.get(page).await.expect(404);
        put(member, &json!({"role": "animator"})).await.expect(204);
        camille.get("/spaces/esp-42/manage").await.expect(200);
        put(member, &json!({"role": "member"})).await.expect(204);
        camille.get(page).await.expect(200);
        camille.get("/spaces/esp-42/manage").await.expect(403);
        program.delete(member).await.expect(204);
        program.delete(member).await.expect(204);
        camille.get(page).await.expect(404);
        put("/api/v1/spaces/esp-42", &json!({"name": "Voirie", "visibility": "members"})).await.expect(200);
        camille.get(page).await.expect(403);
        let other = app.token(&["packages/write"]).await;
        other.delete(member).await.expect(403);
    }

    async fn a_frame_has_a_sign_in_of_its_own_that_opens_nothing_else(app: TestApp) {
        let camille = app.account("camille", "un mot de passe assez long", Role::Learner).await;
        let id = space(&app, "Routes", Visibility::Members, &[(camille, SpaceRole::Member)]).await;
        let hidden = space(&app, "Secret", Visibility::Hidden, &[]).await;
        let frame = frame(&app);
        let asked = frame.get("/embed/spaces/routes").await.expect(200);
        let policy = asked.header("content-security-policy").expect("a policy").to_owned();
        assert!(policy.contains(&format!("frame-ancestors {INTRANET}")), "{policy}");
        assert!(asked.text().contains("type=\"password\"") && !asked.text().contains("Routes"));
        assert!(frame.get("/spaces").await.header("content-security-policy").expect("one").contains("frame-ancestors 'none'"));

        let form = [("login", "camille"), ("password", "faux")];
        let page = format!("/embed/spaces/{id}/sign-in");
        let wrong = frame.post_form(&page, &form).await.expect(401);
        assert!(wrong.header("content-security-policy").expect("a policy").contains(INTRANET));
        // Another page cannot sign somebody in.
        let form = [("login", "camille"), ("password", "un mot de passe assez long")];
        let foreign = app.browser().with_header("origin", INTRANET);
        foreign.post_form(&page, &form).await.expect(403);

        let entered = frame.post_form(&page, &form).await.expect(303);
        let cookie = entered.header("set-cookie").expect("a cookie").to_owned();
        assert!(cookie.starts_with("__Host-preau-embed="), "{cookie}");
        assert!(["Secure", "SameSite=None", "Partitioned", "HttpOnly", "Path=/"].iter().all(|part| cookie.contains(part)), "{cookie}");
        let shown = frame.get("/embed/spaces/routes").await.expect(200).text();
        assert!(shown.contains("<h1>Routes</h1>") && !shown.contains("tab-bar"), "{shown}");
        // A hidden space shows a stranger nothing, not even its name.
        let stranger = frame.get(&format!("/embed/spaces/{hidden}")).await.expect(403).text();
        assert!(!stranger.contains("Secret"), "{stranger}");

        // The cookie is worth nothing elsewhere, also under the name of the login.
        assert!(frame.get("/").await.expect(303).header("location").expect("sign-in").starts_with("/sign-in"));
        let token = frame.cookie("__Host-preau-embed").expect("the cookie");
        let thief = app.browser().with_cookie("__Host-preau", &token);
        thief.get("/me").await.expect(303);
        // A script of the content origin that fetches the frame is not signed in.
        let script = app.browser().with_cookie("__Host-preau-embed", &token)
            .with_header("sec-fetch-site", "same-site").with_header("sec-fetch-mode", "cors");
        assert!(script.get("/embed/spaces/routes").await.text().contains("type=\"password\""));

        // A new tab is signed in by the ticket, for as long as the frame's sign-in lasts.
        let at = shown.find("name=\"ticket\" value=\"").expect("a ticket") + "name=\"ticket\" value=\"".len();
        let ticket = shown[at..].split('"').next().expect("an end");
        let next = format!("/spaces/{id}");
        let tab = app.browser();
        let opened = tab.post_form("/embed/open", &[("next", &next), ("ticket", ticket)]).await.expect(303);
        assert_eq!(opened.header("location"), Some(next.as_str()));
        tab.get(&next).await.expect(200);
        for next in ["https://ailleurs.example/", "//ailleurs.example", "/admin/people"] {
            let led = app.browser().post_form("/embed/open", &[("next", next), ("ticket", ticket)]).await.expect(303);
            assert_eq!(led.header("location"), Some("/"), "{next}");
        }
        frame.post_form(&format!("/embed/spaces/{id}/sign-out"), &[]).await.expect(303);
        let late = app.browser();
        late.post_form("/embed/open", &[("next", &next), ("ticket", ticket)]).await.expect(303);
        late.get(&next).await.expect(303);
        assert!(frame.get("/embed/spaces/routes").await.text().contains("type=\"password\""));
    }

    async fn a_feed_tells_news_to_whoever_has_its_token_until_it_ends(app: TestApp) {
        let nadia = app.person("Nadia", Role::Learner).await;
        let camille = app.person("Camille", Role::Learner).await;
        let people = [(nadia.id, SpaceRole::Animator), (camille.id, SpaceRole::Member)];
        let id = space(&app, "Routes", Visibility::Members, &people).await;
        let page = format!("/spaces/{id}");
        nadia.post_form(&format!("{page}/news"), &[("title", "Sel & <neige>\u{b}"), ("body", "Un & deux")]).await.expect(303);
        let feed = feed_address(&camille.post_form(&format!("{page}/feed"), &[]).await.expect(200).text());
        let reader = app.browser();
        let answer = reader.get(&feed).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/atom+xml; charset=utf-8"));
        let text = answer.text();
        assert!(text.contains("Sel &#38; &#60;neige&#62;</title>"), "{text}");
        assert_well_formed(&text);
        let tag = answer.header("etag").expect("a tag").to_owned();
        let again = reader.send(reqwest::Method::GET, &feed, Vec::new(), &[("if-none-match", &tag)]).await.expect(304);
        assert!(again.body.is_empty());
        let since = answer.header("last-modified").expect("a moment").to_owned();
        app.clock.advance(std::time::Duration::from_secs(60));
        nadia.post_form(&format!("{page}/news"), &[("title", "Suite")]).await.expect(303);
        let more = reader.send(reqwest::Method::GET, &feed, Vec::new(), &[("if-none-match", &tag)]).await.expect(200);
        assert!(more.text().find("Suite") < more.text().find("Sel &#38;"), "the newest first");

        // What is taken back is news to a reader, too, and what comes back again.
        let last = more.header("last-modified").expect("a moment").to_owned();
        assert_ne!(last, since);
        let shown = nadia.get(&format!("{page}/manage")).await.expect(200).text();
        let suite = shown.split("/news/").nth(1).and_then(|rest| rest.split('/').next()).expect("the newest").to_owned();
        app.clock.advance(std::time::Duration::from_secs(60));
        nadia.post_form(&format!("{page}/news/{suite}/remove"), &[]).await.expect(303);
        let dated = [("if-modified-since", last.as_str())];
        let fewer = reader.send(reqwest::Method::GET, &feed, Vec::new(), &dated).await.expect(200);
        assert!(!fewer.text().contains("Suite"), "{}", fewer.text());
        assert_eq!(fewer.header("last-modified"), Some(app.clock.now().http_date().as_str()));
        let tag = fewer.header("etag").expect("a tag").to_owned();
        nadia.post_form(&format!("{page}/news/{suite}/restore"), &[]).await.expect(303);
        let tagged = [("if-none-match", tag.as_str())];
        assert!(reader.send(reqwest::Method::GET, &feed, Vec::new(), &tagged).await.expect(200).text().contains("Suite"));

        // For this space only, with this token only, and not for who is no member any more.
        let other = space(&app, "Autre", Visibility::Members, &people).await;
        reader.get(&feed.replace(&id.to_string(), &other.to_string())).await.expect(404);
        reader.get(&format!("/feeds/spaces/{id}?token=faux")).await.expect(404);
        reader.get(&format!("/feeds/spaces/{id}")).await.expect(404);
        nadia.post_form(&format!("{page}/members/{}/remove", camille.id), &[]).await.expect(303);
        reader.get(&feed).await.expect(404);
        nadia.post_form(&format!("{page}/members/{}/restore/member", camille.id), &[]).await.expect(303);
        reader.get(&feed).await.expect(200);
        // A new address ends the one before; revoking ends all.
        let newer = feed_address(&camille.post_form(&format!("{page}/feed"), &[]).await.expect(200).text());
        reader.get(&feed).await.expect(404);
        reader.get(&newer).await.expect(200);
        camille.post_form(&format!("{page}/feed/revoke"), &[]).await.expect(303);
        reader.get(&newer).await.expect(404);
    }
}

#[track_caller]
fn assert_well_formed(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut entries = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "entry" => entries += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert!(entries > 0, "{xml}");
}
