//! What every page owes its reader: their language, a plain word when something fails, a look that caches keep.

use preau::identity::Role;

use crate::both_databases;

both_databases! {
    async fn the_component_page_is_for_everybody_in_either_language(app: TestApp) {
        let french = app.browser().get("/design").await.expect(200);
        assert!(french.text().contains(r#"<html lang="fr""#) && french.text().contains("Aller au contenu"));
        let english = app.browser().with_header("accept-language", "en-GB").get("/design").await.expect(200);
        assert!(english.text().contains(r#"<html lang="en""#) && english.text().contains("Skip to content"));
        assert!(!french.text().contains(" style=") && !french.text().contains("<script>"), "the page holds to its content policy");
    }

    async fn a_page_that_is_not_there_says_so_in_plain_words_and_keeps_the_tabs(app: TestApp) {
        let stranger = app.browser().with_header("accept", "text/html").get("/nulle-part").await.expect(404);
        assert!(stranger.text().contains("Cette page n’existe pas") && stranger.text().contains("Rien n’a été modifié."));
        assert!(!stranger.text().contains("Gérer"));
        let trainer = app.person("Thomas", Role::Trainer).await;
        assert!(trainer.get("/nulle-part").await.expect(404).text().contains("Gérer"));
    }

    async fn an_asset_that_was_not_built_is_not_found(app: TestApp) {
        app.browser().get("/assets/nothing.css").await.expect(404);
        app.content().get("/assets/nothing.css").await.expect(404);
    }
}
