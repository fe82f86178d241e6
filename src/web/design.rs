//! The component page: every component, in light and dark, working by keyboard. It is where the look is checked.

use askama::Template;
use axum::response::Response;

use super::page::render;
use super::shell::Shell;
use crate::core::Result;

#[derive(Template)]
#[template(path = "web/templates/design.html")]
struct DesignPage {
    shell: Shell,
}

/// `GET /design`. For everybody: it shows nothing of anybody.
pub async fn show(shell: Shell) -> Result<Response> {
    render(&DesignPage { shell })
}
