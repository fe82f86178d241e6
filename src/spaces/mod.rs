//! Spaces: the collaborative spaces of the intranet, with their people, programmes and news.
//!
//! The intranet frames a space's page ([`embed`]), reads its feed ([`feed`]) and keeps its members up to date ([`api`]).
//! Invariant: who may read or lead a space is a type, [`SpaceReader`] and [`SpaceAnimator`]; a space that somebody may not
//! know of is not there for them.

mod access;
mod admin;
pub(crate) mod api;
mod content;
mod embed;
mod feed;
mod manage;
mod members;
mod model;
mod pages;
mod store;

use axum::Router;
use axum::routing::{get, post};

pub use access::{SpaceAnimator, SpaceReader};
pub use api::api;
pub use content::{add_news, add_programme};
pub use members::put as put_member;
pub use model::{NewSpace, Space, SpaceRole, Visibility};
pub use store::add as add_space;

use crate::state::App;

/// The pages of spaces.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/spaces", get(pages::list))
        .route("/spaces/{space}", get(pages::show))
        .route("/spaces/{space}/feed", post(feed::make_token))
        .route("/spaces/{space}/feed/revoke", post(feed::revoke_tokens))
        .route("/spaces/{space}/manage", get(manage::show))
        .route("/spaces/{space}/news", post(manage::publish_news))
        .route("/spaces/{space}/news/{news}/remove", post(manage::remove_news))
        .route("/spaces/{space}/news/{news}/restore", post(manage::restore_news))
        .route("/spaces/{space}/programmes", post(manage::add_programme))
        .route("/spaces/{space}/programmes/{programme}/remove", post(manage::remove_programme))
        .route("/spaces/{space}/programmes/{programme}/restore", post(manage::restore_programme))
        .route("/spaces/{space}/members", post(manage::put_member))
        .route("/spaces/{space}/members/search", get(manage::search))
        .route("/spaces/{space}/members/{person}/remove", post(manage::remove_member))
        .route("/spaces/{space}/members/{person}/restore/{role}", post(manage::restore_member))
        .route("/admin/spaces", get(admin::list).post(admin::add))
        .route("/admin/spaces/{space}", get(admin::show).post(admin::change))
        .route("/admin/spaces/{space}/archive", post(admin::archive))
        .route("/admin/spaces/{space}/restore", post(admin::restore))
        .route("/embed/spaces/{space}", get(embed::show))
        .route("/embed/spaces/{space}/sign-in", post(embed::sign_in))
        .route("/embed/spaces/{space}/sign-out", post(embed::sign_out))
        .route("/embed/open", post(embed::open))
        .route("/feeds/spaces/{space}", get(feed::read))
}
